"""A settlement desk: two tokens of one bank, the engine, and parties who sign and hold.

In: the committed artifacts. Out: `Desk`. Used by the tests of the engine beside this file. Tokens
stand alone or behind proxies, for the figures of both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from eth_account import Account
from eth_account.messages import encode_typed_data
from eth_utils.crypto import keccak

from node.chain import artifacts, codec
from node.chain.artifacts import Artifact
from tests.contracts.bank import ALLOWED, HOUR, SETTLER, mock, ref
from tests.contracts.chain import Chain, Contract, Receipt
from tests.contracts.deals import Deal, Leg

NAMES = ("Canadian dollar deposits", "Euro deposits")
TRANSFER_TYPE = {
    "SettlementTransfer": [
        {"name": "engine", "type": "address"},
        {"name": "from", "type": "address"},
        {"name": "to", "type": "address"},
        {"name": "amount", "type": "uint256"},
        {"name": "instruction", "type": "bytes32"},
        {"name": "nonce", "type": "uint256"},
        {"name": "deadline", "type": "uint256"},
    ]
}

LEG_FIELDS = ("token", "from", "to", "amount")
INSTRUCTION_TYPES = {
    "Instruction": [
        {"name": "legs", "type": "Leg[]"},
        {"name": "deadline", "type": "uint64"},
        {"name": "ref", "type": "bytes32"},
        {"name": "salt", "type": "bytes32"},
    ],
    "Leg": [
        {"name": name, "type": kind}
        for name, kind in zip(LEG_FIELDS, ("address",) * 3 + ("uint256",), strict=True)
    ],
}


class Desk:
    """`cash` and `bond` with the same parties admitted; the first account may do everything."""

    def __init__(self, *, proxied: bool = False, parties: int = 4) -> None:
        self.chain = Chain(accounts=parties + 2)
        self.admin, self.stranger, *self.parties = self.chain.accounts
        self.alice, self.bob, self.carol = self.parties[:3]
        self.proxied = proxied
        self.access = self.deploy("BankAccess", self.admin)
        self.engine = self.deploy("SettlementEngine", self.access.address)
        self._let_settle_net()
        self.cash, self.bond = (self.new_token(name, self.access) for name in NAMES)
        for token in (self.cash, self.bond):
            self.admit(token, *self.parties)

    # ------------------------------------------------------------------------------- building

    def deploy(self, name: str, *args: object) -> Contract:
        return self.chain.deploy(artifacts.load(name), *args, by=self.admin)

    def new_token(self, name: str, access: Contract) -> Contract:
        """A token with money for nobody yet."""
        code = self._code()
        call = ("initialize", name, "dTOK", "CAD", 2, access.address)
        if not self.proxied:
            code.send(*call, by=self.admin)
            return code
        proxy = self.deploy("ERC1967Proxy", code.address, code.data(*call))
        return replace(proxy, artifact=code.artifact)

    def hostile(self, name: str) -> Contract:
        return self.chain.deploy(mock(f"Hostile{name}"), by=self.admin)

    def admit(self, token: Contract, *accounts: str, amount: int = 10**9) -> None:
        for account in accounts:
            token.send("setAccountFlags", account, ALLOWED, by=self.admin)
            if amount:
                token.send("mint", account, amount, by=self.admin)

    def _let_settle_net(self) -> None:
        selectors = [self.engine.selector(name) for name in ("settleNet", "releaseNetHolds")]
        grant = (self.engine.address, selectors, SETTLER)
        self.access.send("setTargetFunctionRole", *grant, by=self.admin)
        self.access.send("grantRole", SETTLER, self.admin, 0, by=self.admin)

    def _code(self) -> Contract:
        token = artifacts.load("DepositToken")
        if self.proxied:
            return self.deploy("DepositToken")
        # Its constructor would end the life of a token that stands alone; so it does not run.
        return self.chain.deploy(_without_constructor(token), by=self.admin)

    # ---------------------------------------------------------------------------------- deals

    def dvp(self, *, cash: int = 100, bond: int = 7, payment: int = 1) -> Deal:
        """Alice pays Bob for bonds, within an hour; a payment has a salt of its own."""
        legs = (
            Leg(self.cash, self.alice, self.bob, cash),
            Leg(self.bond, self.bob, self.alice, bond),
        )
        return Deal(legs, self.chain.now + HOUR, ref(payment), f"0x{payment:064x}")

    def id_of(self, deal: Deal) -> str:
        return "0x" + bytes(self.engine.read("instructionId", deal.abi)).hex()

    def progress(self, deal: Deal) -> tuple[int, int, int]:
        """State, legs affirmed, legs whose payers ask to cancel."""
        found = self.engine.read("progressOf", deal.abi)
        return found["state"], found["affirmed"], found["cancelling"]

    def state(self, deal: Deal) -> int:
        return self.progress(deal)[0]

    def hold(self, deal: Deal, *legs: int) -> list[Receipt]:
        """Their payers open the holds of these legs, or of all."""
        terms = self.engine.read("holdTerms", deal.abi)
        found = legs or range(len(deal.legs))
        return [
            deal.legs[i].token.send("createHold", terms[i], by=deal.legs[i].payer) for i in found
        ]

    def signatures(self, deal: Deal, nonces: Sequence[int] = ()) -> list[tuple[int, bytes]]:
        """What every payer signs for `settle`, with nonces from 0 on unless given."""
        numbers = nonces or range(len(deal.legs))
        return [
            (number, self.signature(deal, leg, number))
            for leg, number in zip(deal.legs, numbers, strict=True)
        ]

    def signature(self, deal: Deal, leg: Leg, nonce: int, /, **instead: object) -> bytes:
        message: dict[str, Any] = {
            "engine": self.engine.address,
            "from": leg.payer,
            "to": leg.payee,
            "amount": leg.amount,
            "instruction": self.id_of(deal),
            "nonce": nonce,
            "deadline": deal.deadline,
        }
        key = self.key_of(str(instead.pop("signer", leg.payer)))
        domain = domain_of(leg.token)
        signed = Account.sign_typed_data(key, domain, TRANSFER_TYPE, message | instead)
        return bytes(signed.signature)

    def typed_hash(self, deal: Deal) -> str:
        """The hash that a wallet shows and signs."""
        legs = [dict(zip(LEG_FIELDS, leg.abi, strict=True)) for leg in deal.legs]
        message = {"legs": legs, "deadline": deal.deadline, "ref": deal.ref, "salt": deal.salt}
        signable = encode_typed_data(domain_of(self.engine), INSTRUCTION_TYPES, message)
        return "0x" + keccak(b"\x19\x01" + signable.header + signable.body).hex()

    def key_of(self, account: str) -> bytes:
        # eth-tester gives its accounts the keys 1, 2, 3, ...
        return (self.chain.accounts.index(account) + 1).to_bytes(32, "big")

    # -------------------------------------------------------------------------------- answers

    def send(self, action: str, deal: Deal, *more: object, by: str = "") -> Receipt:
        return self.engine.send(action, deal.abi, *more, by=by or self.stranger)

    def refusal(self, action: str, deal: Deal, *more: object, by: str = "") -> str:
        return self.engine.refusal(action, deal.abi, *more, by=by or self.stranger)

    def told(self, receipt: Receipt) -> list[str]:
        """What the engine said, by name."""
        return [name for name, _ in self.engine.events(receipt)]

    def meant(self, told: str) -> str:
        """The error inside an error: what the reason that ends this text says."""
        seen = (self.cash.artifact, self.engine.artifact, mock("HostileToken"))
        return codec.decode_error(seen, told.rsplit("0x", 1)[1].rstrip(")"))

    def balances(self, *parties: str) -> list[tuple[int, int]]:
        """Cash and bonds of each, beyond the 10^9 that each began with."""
        return [
            (self.cash.read("balanceOf", each) - 10**9, self.bond.read("balanceOf", each) - 10**9)
            for each in parties
        ]


def domain_of(contract: Contract) -> dict[str, object]:
    (_, name, version, chain_id, address, _, _) = contract.read("eip712Domain")
    names = ("name", "version", "chainId", "verifyingContract")
    return dict(zip(names, (name, version, chain_id, address), strict=True))


def _without_constructor(artifact: Artifact) -> Artifact:
    # Copies what stands behind these 11 bytes into memory, and returns it as the code.
    runtime = artifact.deployed_bytecode[2:]
    return replace(artifact, bytecode=f"0x62{len(runtime) // 2:06x}80600b5f395ff3{runtime}")
