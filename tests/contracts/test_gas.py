"""Gas: what each call costs, alone and behind the proxy; held by a snapshot and by limits.

In: gas.json beside this file, `{alone or proxy: {call: gas}}`. A figure that changed is told. When
it changed on purpose, write it: `python -m tests.contracts.test_gas`, and say so in the commit.
The limits come from the peers, measured behind their proxies: a transfer to an account that has
money, and to one that has none, costs 45,059 and 62,159 in USDC v2.2, 55,531 and 72,631 in CMTAT
Allowlist, 199,726 and 216,826 in T-REX.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from node.chain import artifacts
from scripts.compile import ROOT
from tests.contracts.bank import (
    ALLOWED,
    CURRENCY,
    DECIMALS,
    INITIAL_LIMITS,
    NAME,
    SYMBOL,
    Bank,
    Terms,
    ref,
)
from tests.contracts.chain import Contract
from tests.contracts.signing import Payment, Settlement, sign

SNAPSHOT = Path(__file__).with_name("gas.json")
CODE_BYTES_MAX = 20_000  # the chain's own limit is 24,576
# No call may cost more than this, whatever the snapshot says.
LIMITS = {
    "alone": {
        "transfer to a new account": 37_500,
        "transfer": 37_500,
        "transferFrom": 43_500,
        "transferWithRef": 40_000,
        "createHold": 58_000,
        "issue through the gate": 72_000,
    },
    "proxy": {
        "transfer to a new account": 42_500,
        "transfer": 42_500,
        "issue through the gate": 77_500,
        "redeem through the gate": 86_000,
    },
}
MILLION = 10**6
# Fixed, because a zero byte in a call costs less than another.
LATER = 2**40 - 1
Figures = dict[str, int]


def measured(bank: Bank) -> Figures:
    """Every call once, in a state in which nothing is written for the first time unless said."""
    figures: Figures = {}
    for part in (_payments, _supply, _holds, _shared, _signed, _orders):
        with bank.chain.rewound():
            bank.mint(bank.alice, 10**9)
            figures |= part(bank)
    return figures


def _payments(bank: Bank) -> Figures:
    token, alice, bob = bank.token, bank.alice, bank.bob
    new = token.send("transfer", bob, MILLION, by=alice)
    old = token.send("transfer", bob, MILLION, by=alice)
    referenced = token.send("transferWithRef", bob, MILLION, ref(1, 1), by=alice)
    approved = token.send("approve", bank.stranger, 10**9, by=alice)
    pulled = token.send("transferFrom", alice, bob, MILLION, by=bank.stranger)
    return {
        "transfer to a new account": new.gas_used,
        "transfer": old.gas_used,
        "transferWithRef": referenced.gas_used,
        "approve": approved.gas_used,
        "transferFrom": pulled.gas_used,
    }


def _supply(bank: Bank) -> Figures:
    admitted = bank.token.send("setAccountFlags", bank.carol, ALLOWED, by=bank.compliance)
    minted = bank.mint(bank.bob, MILLION)
    burned = bank.token.send("burn", bank.bob, MILLION, by=bank.minter)
    return {
        "setAccountFlags of a new account": admitted.gas_used,
        "mint": minted.gas_used,
        "burn": burned.gas_used,
    }


def _holds(bank: Bank) -> Figures:
    bank.mint(bank.bob, MILLION)
    paid, released = (_terms(bank, bank.alice, bank.bob, number) for number in (1, 2))
    opened = bank.token.send("createHold", paid.abi, by=bank.alice)
    executed = bank.token.send("executeHold", paid.abi, MILLION, by=bank.notary)
    bank.token.send("createHold", released.abi, by=bank.alice)
    freed = bank.token.send("releaseHold", released.abi, by=bank.notary)
    return {
        "createHold": opened.gas_used,
        "executeHold": executed.gas_used,
        "releaseHold": freed.gas_used,
    }


def _shared(bank: Bank) -> Figures:
    """One hold and one payout more, of what several cost together."""
    people = bank.chain.accounts[:8]
    for account in people:
        bank.token.send("setAccountFlags", account, ALLOWED, by=bank.compliance)
        bank.mint(account, 10 * MILLION)

    def shared(holds: int, payouts: int) -> int:
        with bank.chain.rewound():
            terms = [_terms(bank, each, bank.notary, 9) for each in people[:holds]]
            for each in terms:
                bank.opened(each)
            amounts = [MILLION] * holds
            payees, due = people[-payouts:], [holds * MILLION // payouts] * payouts
            given = ([each.abi for each in terms], amounts, payees, due)
            return bank.token.send("executeHolds", *given, by=bank.notary).gas_used

    return {
        "executeHolds, each hold": (shared(5, 1) - shared(1, 1)) // 4,
        "executeHolds, each payout": (shared(1, 5) - shared(1, 1)) // 4,
    }


def _signed(bank: Bank) -> Figures:
    bank.mint(bank.bob, MILLION)
    by_hand = Payment(bank.alice, bank.bob, MILLION, 0, LATER)
    content = sign(bank, "TransferWithAuthorization", *by_hand.values, signer=bank.alice)
    arguments = (*by_hand.values, *content.parts)
    authorized = bank.token.send("transferWithAuthorization", *arguments, by=bank.stranger)
    settled = [
        bank.token.send(
            "settleTransfer",
            *given.arguments,
            sign(bank, "SettlementTransfer", *given.values, signer=bank.alice).raw,
            by=bank.settler,
        ).gas_used
        for given in (
            Settlement(bank.settler, bank.alice, bank.bob, MILLION, LATER, nonce)
            for nonce in (1, 2)
        )
    ]
    return {
        "transferWithAuthorization": authorized.gas_used,
        "settleTransfer, first of a word": settled[0],
        "settleTransfer": settled[1],
    }


def _orders(bank: Bank) -> Figures:
    """Through the gate, in a word of sequences that was used before."""
    bank.attest(10**10)
    issued = [
        bank.gate.send("issue", number, ref(number, number), bank.alice, 10**5, by=bank.issuer)
        for number in (1, 2)
    ]
    gate = bank.gate.address
    terms = Terms(bank.alice, gate, MILLION, gate, LATER, ref(3))
    bank.opened(terms)
    redeemed = bank.gate.send("redeem", 3, ref(3, 3), terms.abi, by=bank.issuer)
    return {
        "issue through the gate": issued[-1].gas_used,
        "redeem through the gate": redeemed.gas_used,
    }


def _terms(bank: Bank, holder: str, recipient: str, payment: int) -> Terms:
    return Terms(holder, recipient, MILLION, bank.notary, LATER, ref(payment, payment))


def _alone(bank: Bank) -> Contract:
    """The token without a proxy: its code, put up as it will run, and set up like a proxy's."""
    code = bank.token.artifact.deployed_bytecode.removeprefix("0x")
    # CODECOPY what follows these ten bytes, and RETURN it.
    put_up = f"0x61{len(code) // 2:04x}80600a5f395ff3{code}"
    address = bank.chain.send(bank.admin, None, put_up).address
    token = Contract(bank.chain, bank.token.artifact, address)
    token.send("initialize", NAME, SYMBOL, CURRENCY, DECIMALS, bank.access.address, by=bank.admin)
    return token


def all_measured() -> dict[str, Figures]:
    bank = Bank()
    proxy = measured(bank)
    bank.token = _alone(bank)
    gate = (bank.token.address, bank.access.address, INITIAL_LIMITS)
    bank.gate = bank._deploy("IssuanceGate", *gate)
    bank._give_rights()
    for account in (bank.alice, bank.bob):
        bank.token.send("setAccountFlags", account, ALLOWED, by=bank.compliance)
    return {"alone": measured(bank), "proxy": proxy}


@pytest.fixture(scope="module")
def figures() -> dict[str, Figures]:
    """Measure once."""
    return all_measured()


def snapshot() -> dict[str, Figures]:
    found: dict[str, Figures] = json.loads(SNAPSHOT.read_text("utf-8"))
    return found


@pytest.mark.parametrize("where", LIMITS)
def test_every_call_costs_what_it_did(figures: dict[str, Figures], where: str) -> None:
    was, now = snapshot()[where], figures[where]
    changed = {
        call: f"was {was.get(call)}, is {now.get(call)}"
        for call in was.keys() | now.keys()
        if was.get(call) != now.get(call)
    }
    assert not changed


@pytest.mark.parametrize("where", LIMITS)
def test_no_call_costs_more_than_its_limit(figures: dict[str, Figures], where: str) -> None:
    over = {
        call: figures[where][call]
        for call, limit in LIMITS[where].items()
        if figures[where][call] > limit
    }
    assert not over


@pytest.mark.parametrize("where", LIMITS)
def test_a_new_account_costs_no_more_than_one_with_money(
    figures: dict[str, Figures], where: str
) -> None:
    assert figures[where]["transfer to a new account"] == figures[where]["transfer"]


@pytest.mark.parametrize("name", artifacts.names())
def test_the_code_leaves_room(name: str) -> None:
    size = len(artifacts.load(name).deployed_bytecode) // 2 - 1
    assert size <= CODE_BYTES_MAX, (name, size)


def test_the_page_says_what_is_measured() -> None:
    page = (ROOT / "docs" / "contracts.md").read_text("utf-8")
    was = snapshot()
    alone, proxy = was["alone"]["transfer"], was["proxy"]["transfer"]
    assert f"{alone:,} gas, {proxy:,} through the proxy" in page


if __name__ == "__main__":
    text = json.dumps(all_measured(), indent=1)
    SNAPSHOT.write_text(text + "\n", "utf-8")
