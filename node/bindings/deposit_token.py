"""DepositToken: what its events mean for the books, and the calls we make on it.

In: events of one receipt, wallets, amounts. Out: `RULES`, calls.
Called by: the rulebook of all bindings, settlement.

Every movement of the token writes an ERC-20 Transfer. Where the contracts also said why (a
TransferRef, or the gate's Issued or Redeemed in the same receipt), that event is booked and the
Transfer only accompanies it. In a net settlement each Transfer is booked itself, from or to the
clearing account of the engine, under the cycle that the engine's event names; a forced one under
the reference of its order. A Transfer that nothing accompanies was made outside the node.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from node.chain.artifacts import load
from node.chain.codec import decode_call, encode_call
from node.chain.deployments import DeployedContract
from node.core.ids import wallet_key
from node.core.money import Money, currency, from_chain, to_chain
from node.core.types import Address, ChainId
from node.events.event import ChainEvent
from node.ledger import chart
from node.posting.rule import Movement, NoPosting, PostingRule, silent
from node.submission.service import Call
from node.submission.signer import Domain, TypedData

CONTRACT: Final = "DepositToken"
ALLOWED: Final = 1
NO_SEND: Final = 2
NO_RECEIVE: Final = 4
NOBODY: Final = "0x" + "0" * 40
_DOMAIN_VERSION: Final = "1"

Moved = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class HoldTerms:
    """All that a hold says; its id on chain is the hash of this."""

    holder: Address
    recipient: Address
    amount: int
    notary: Address
    expiry: int
    ref: bytes

    def as_argument(self) -> tuple[str, str, int, str, int, bytes]:
        """As the contract takes it."""
        return self.holder, self.recipient, self.amount, self.notary, self.expiry, self.ref

    @classmethod
    def of_call(cls, calldata: str) -> HoldTerms:
        """The terms that a call of `create_hold` carries."""
        told = decode_call(load(CONTRACT), "createHold", calldata)["terms"]
        return cls(
            holder=told["holder"],
            recipient=told["recipient"],
            amount=int(told["amount"]),
            notary=told["notary"],
            expiry=int(told["expiry"]),
            ref=bytes.fromhex(told["ref"].removeprefix("0x")),
        )


@dataclass(frozen=True, slots=True)
class SettlementTransfer:
    """What a payer consents to: one payment, for one content of one engine. `amount` in units."""

    engine: Address
    payer: Address
    payee: Address
    amount: int
    instruction: bytes
    nonce: int
    deadline: int


def consent(token: DeployedContract, chain_id: ChainId, to: SettlementTransfer) -> TypedData:
    """What the payer signs, in the token's own domain."""
    return TypedData(
        domain=Domain(name_of(token), _DOMAIN_VERSION, chain_id, wallet_key(token.address)),
        primary="SettlementTransfer",
        types={
            "SettlementTransfer": (
                ("engine", "address"),
                ("from", "address"),
                ("to", "address"),
                ("amount", "uint256"),
                ("instruction", "bytes32"),
                ("nonce", "uint256"),
                ("deadline", "uint256"),
            )
        },
        message={
            "engine": to.engine,
            "from": to.payer,
            "to": to.payee,
            "amount": to.amount,
            "instruction": to.instruction,
            "nonce": to.nonce,
            "deadline": to.deadline,
        },
    )


def name_of(token: DeployedContract) -> str:
    """The name that the token was set up with, and signs under; it never changes."""
    setup = str(token.constructor_args[-1])
    return str(decode_call(load(CONTRACT), "initialize", setup)["name_"])


def transfer_with_ref(token: DeployedContract, to: Address, money: Money, ref: bytes) -> Call:
    """Pay from the signer's wallet under a payment reference."""
    return _call(token, "transferWithRef", (to, to_chain(money, money.asset.scale), ref))


def transfer(token: DeployedContract, to: Address, money: Money) -> Call:
    """Pay from the signer's wallet without saying why."""
    return _call(token, "transfer", (to, to_chain(money, money.asset.scale)))


def create_hold(token: DeployedContract, terms: HoldTerms) -> Call:
    """Put the signer's money on hold."""
    return _call(token, "createHold", (terms.as_argument(),))


def release_hold(token: Address, terms: HoldTerms) -> Call:
    """Let go of money that is held for the signer; what was held is the holder's again."""
    return Call(token, encode_call(load(CONTRACT), "releaseHold", (terms.as_argument(),)))


def set_account_flags(token: DeployedContract, account: Address, flags: int) -> Call:
    """Admit an account, or set its freezes."""
    return _call(token, "setAccountFlags", (account, flags))


def freeze(token: DeployedContract, account: Address, bits: int) -> Call:
    """Add freezes to an account."""
    return _call(token, "freeze", (account, bits))


def total_supply(token: DeployedContract) -> Call:
    """Ask how much of the token there is."""
    return _call(token, "totalSupply", ())


def pairs(event: ChainEvent, receipt: Iterable[ChainEvent]) -> bool:
    """Whether a Transfer accompanies an event of its receipt that says why.

    Equal movements are paired in the order of their logs: of three equal Transfers and two
    reasons, the third stands alone.
    """
    reasons: Counter[Moved] = Counter()
    equal_before = 0
    for each in receipt:
        if each.currency != event.currency:
            continue
        if each.name in _REASONS:
            reasons[_moved_by_reason(each)] += 1
        elif _is_equal(each, event) and each.key.log_index < event.key.log_index:
            equal_before += 1
    return equal_before < reasons[_moved(event)]


def _plain_transfer(event: ChainEvent, receipt: tuple[ChainEvent, ...]) -> Movement | NoPosting:
    if pairs(event, receipt):
        return NoPosting("accompanies the event of its receipt that says why")
    payer, payee = event.args["from"], event.args["to"]
    if payer == NOBODY:
        return _movement(event, "MINT", "", payee)
    if payee == NOBODY:
        return _movement(event, "BURN", payer, "")
    cycle = _cycle(event, receipt)
    if cycle:
        return _movement(event, "TRANSFER", payer, payee, ref=cycle)
    order = _order(event, receipt)
    if order:
        return _movement(event, "TRANSFER", payer, payee, ref=order, told="forced transfer")
    return _movement(event, "MOVE", payer, payee)


def _referenced_transfer(event: ChainEvent, _: tuple[ChainEvent, ...]) -> Movement | NoPosting:
    return _movement(event, "TRANSFER", event.args["from"], event.args["to"])


def _cycle(event: ChainEvent, receipt: Iterable[ChainEvent]) -> str:
    """The netting cycle that a Transfer is part of: the engine names it behind its movements."""
    for each in receipt:
        if each.name == "NetSettled" and each.key.log_index > event.key.log_index:
            ours = each.args["token"] == event.address.lower()
            if ours and each.address.lower() in {event.args["from"], event.args["to"]}:
                return str(each.args["cycle"])
    return ""


def _order(event: ChainEvent, receipt: Iterable[ChainEvent]) -> str:
    """The reference under which a Transfer was forced: the token names it in its next event."""
    place = event.address, event.key.log_index + 1
    for each in receipt:
        if each.name == "Enforced" and (each.address, each.key.log_index) == place:
            return str(each.args["ref"])
    return ""


def _movement(
    event: ChainEvent, kind: str, payer: str, payee: str, *, ref: str = "", told: str = ""
) -> Movement | NoPosting:
    asset = currency(event.currency)
    money = from_chain(
        int(event.args["amount" if "amount" in event.args else "value"]), asset.scale, asset
    )
    if not money.minor_units:
        return NoPosting("an amount of zero")
    return Movement(
        kind=kind,
        currency=event.currency,
        amount=money.minor_units,
        debit=chart.wallet(event.currency, payer) if payer else None,
        credit=chart.wallet(event.currency, payee) if payee else None,
        unannounced=chart.suspense(event.currency),
        narrative=f"{told or kind.lower()} of {money}",
        ref=ref,
    )


_REASONS: Final = frozenset({"TransferRef", "Issued", "Redeemed"})


def _moved_by_reason(event: ChainEvent) -> Moved:
    args = event.args
    return args.get("from", NOBODY), args.get("to", NOBODY), args["amount"]


def _moved(event: ChainEvent) -> Moved:
    return event.args["from"], event.args["to"], event.args["value"]


def _is_equal(each: ChainEvent, event: ChainEvent) -> bool:
    return each.name == event.name and _moved(each) == _moved(event)


def _call(token: DeployedContract, function: str, args: tuple[object, ...]) -> Call:
    return Call(token.address, encode_call(load(CONTRACT), function, args))


RULES: Final = (
    PostingRule(CONTRACT, "Transfer", "token.transfer", _plain_transfer),
    PostingRule(CONTRACT, "TransferRef", "token.transfer_ref", _referenced_transfer),
    silent(CONTRACT, "Approval", "an allowance moves no money"),
    silent(CONTRACT, "HoldOpened", "held money stays the holder's"),
    silent(CONTRACT, "HoldClosed", "what a hold paid has an event of its own"),
    silent(CONTRACT, "AccountFlags", "admission and freezes move no money"),
    silent(CONTRACT, "Frozen", "a frozen amount stays the account's"),
    silent(CONTRACT, "ForcedTransfer", "the Transfer of its receipt is booked"),
    silent(CONTRACT, "Enforced", "the Transfer before it is booked, under its reference"),
    silent(CONTRACT, "AuthorizationUsed", "the Transfer of its receipt is booked"),
    silent(CONTRACT, "AuthorizationCanceled", "a consent taken back moves no money"),
    silent(CONTRACT, "SettlementNonceCancelled", "a consent taken back moves no money"),
    silent(CONTRACT, "PauseBits", "a pause moves no money"),
    silent(CONTRACT, "Deactivated", "the end of the token moves no money"),
    silent(CONTRACT, "EIP712DomainChanged", "the signing domain moves no money"),
    silent(CONTRACT, "Initialized", "set up of the contract"),
    silent(CONTRACT, "Upgraded", "the code changed; balances did not"),
    silent(CONTRACT, "AuthorityUpdated", "rights changed, no money moved"),
)
