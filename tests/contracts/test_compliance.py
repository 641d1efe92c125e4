"""Admission, freezes and pauses: each stops exactly what it says."""

from __future__ import annotations

import pytest

from tests.contracts.bank import (
    ALLOWED,
    NO_RECEIVE,
    NO_SEND,
    PAUSE_SETTLE,
    PAUSE_SUPPLY,
    PAUSE_TRANSFER,
    ZERO,
    Bank,
    Terms,
    ref,
)
from tests.contracts.signing import payment, settlement, sign

# What each pause bit stops; every other call must go on.
PAUSES = {
    PAUSE_TRANSFER: {
        "transfer",
        "transferFrom",
        "transferWithRef",
        "transferWithAuthorization",
        "receiveWithAuthorization",
    },
    PAUSE_SUPPLY: {"mint", "burn", "burnHeld"},
    PAUSE_SETTLE: {"createHold", "executeHold", "executeHolds", "burnHeld", "settleTransfer"},
}
# What no pause bit is about: rights, rules, and (elsewhere in these tests) force and the end.
GOVERNING = {
    *("pause", "unpause", "deactivate", "forcedTransfer", "upgradeToAndCall"),
    *("initialize", "setAuthority"),
}


def test_flags_are_set_as_a_whole(bank: Bank) -> None:
    bank.mint(bank.alice, 100)
    bank.opened(bank.terms(60))
    for flags in (ALLOWED | NO_SEND, ALLOWED | NO_SEND | NO_RECEIVE, NO_SEND, 0, ALLOWED):
        receipt = bank.token.send("setAccountFlags", bank.alice, flags, by=bank.compliance)
        told = {"account": bank.alice, "flags": str(flags)}
        assert bank.token.events(receipt) == [("AccountFlags", told)]
        assert bank.token.read("flagsOf", bank.alice) == flags
        assert bank.position(bank.alice) == (100, 60)


def test_a_freeze_adds_and_never_admits(bank: Bank) -> None:
    for account, before in ((bank.alice, ALLOWED), (bank.carol, 0)):
        bank.token.send("freeze", account, NO_SEND, by=bank.compliance)
        receipt = bank.token.send("freeze", account, NO_RECEIVE, by=bank.compliance)
        flags = before | NO_SEND | NO_RECEIVE
        told = {"account": account, "flags": str(flags)}
        assert bank.token.events(receipt) == [("AccountFlags", told)]
        assert bank.token.read("flagsOf", account) == flags


@pytest.mark.parametrize("flags", [8, 9, 2**31, 2**32 - 1])
def test_a_flag_that_means_nothing_is_refused(bank: Bank, flags: int) -> None:
    told = bank.token.refusal("setAccountFlags", bank.alice, flags, by=bank.compliance)
    assert told == f"UnknownBits(bits: {flags})"


@pytest.mark.parametrize("bits", [0, ALLOWED, ALLOWED | NO_SEND, 8])
def test_a_freeze_is_of_sending_or_receiving(bank: Bank, bits: int) -> None:
    told = bank.token.refusal("freeze", bank.alice, bits, by=bank.compliance)
    assert told == f"UnknownBits(bits: {bits})"


@pytest.mark.parametrize("function", ["setAccountFlags", "freeze"])
def test_nobody_has_no_flags(bank: Bank, function: str) -> None:
    told = bank.token.refusal(function, ZERO, NO_SEND, by=bank.compliance)
    assert told == "ZeroAccount()"


@pytest.mark.parametrize(
    ("account", "flags", "told"),
    [
        ("alice", ALLOWED | NO_SEND, "SenderRefused"),
        ("alice", 0, "SenderRefused"),
        ("bob", ALLOWED | NO_RECEIVE, "RecipientRefused"),
        ("bob", 0, "RecipientRefused"),
    ],
)
def test_flags_stop_a_transfer(bank: Bank, account: str, flags: int, told: str) -> None:
    bank.mint(bank.alice, 100)
    whose = getattr(bank, account)
    bank.token.send("setAccountFlags", whose, flags, by=bank.compliance)
    wanted = f"{told}(account: {whose}, flags: {flags})"
    assert bank.token.refusal("transfer", bank.bob, 1, by=bank.alice) == wanted
    assert bank.token.refusal("transferWithRef", bank.bob, 1, ref(1), by=bank.alice) == wanted


def test_a_freeze_of_one_direction_leaves_the_other(bank: Bank) -> None:
    bank.mint(bank.alice, 100)
    bank.token.send("freeze", bank.alice, NO_RECEIVE, by=bank.compliance)
    bank.token.send("transfer", bank.bob, 50, by=bank.alice)
    bank.token.send("setAccountFlags", bank.alice, ALLOWED | NO_SEND, by=bank.compliance)
    bank.token.send("transfer", bank.alice, 20, by=bank.bob)
    assert bank.position(bank.alice) == (70, 0)


@pytest.mark.parametrize("bits", sorted(PAUSES))
def test_a_pause_stops_what_it_says_and_nothing_else(bank: Bank, bits: int) -> None:
    calls = _every_movement(bank)
    receipt = bank.token.send("pause", bits, by=bank.guardian)
    assert bank.token.events(receipt) == [("PauseBits", {"bits": str(bits)})]
    for function, (arguments, by) in calls.items():
        if function in PAUSES[bits]:
            told = bank.token.refusal(function, *arguments, by=by)
            assert told == f"OperationPaused(paused: {bits}, needed: {bits})", function
        else:
            with bank.chain.rewound():
                bank.token.send(function, *arguments, by=by)
    bank.token.send("unpause", bits, by=bank.admin)
    for function, (arguments, by) in calls.items():
        with bank.chain.rewound():
            bank.token.send(function, *arguments, by=by)


def test_every_function_is_tried_under_every_pause(bank: Bank) -> None:
    changes = {
        each["name"]
        for each in bank.token.artifact.abi
        if each["type"] == "function" and each["stateMutability"] not in {"view", "pure"}
    }
    assert changes == _every_movement(bank).keys() | GOVERNING


def _every_movement(bank: Bank) -> dict[str, tuple[tuple[object, ...], str]]:
    bank.mint(bank.alice, 100)
    bank.token.send("approve", bank.stranger, 10, by=bank.alice)
    for_bob, new = bank.terms(10, payment=1), bank.terms(10, payment=2)
    for_minter = bank.terms(10, payment=3).but(recipient=bank.minter, notary=bank.minter)
    _open(bank, for_bob, for_minter)
    return _signed_movements(bank) | {
        "transfer": ((bank.bob, 1), bank.alice),
        "transferFrom": ((bank.alice, bank.bob, 1), bank.stranger),
        "transferWithRef": ((bank.bob, 1, ref(1)), bank.alice),
        "mint": ((bank.alice, 1), bank.minter),
        "burn": ((bank.alice, 1), bank.minter),
        "createHold": ((new.abi,), bank.alice),
        "executeHold": ((for_bob.abi, 1), bank.notary),
        "executeHolds": (([for_minter.abi], [1], [bank.bob], [1]), bank.minter),
        "releaseHold": ((for_bob.abi,), bank.notary),
        "burnHeld": ((for_minter.abi, 1), bank.minter),
        "approve": ((bank.bob, 1), bank.alice),
        "cancelSettlementNonce": ((1,), bank.alice),
        "setAccountFlags": ((bank.carol, ALLOWED), bank.compliance),
        "freeze": ((bank.bob, NO_SEND), bank.compliance),
        "setFrozenTokens": ((bank.bob, 1), bank.compliance),
    }


def _signed_movements(bank: Bank) -> dict[str, tuple[tuple[object, ...], str]]:
    alice, by_hand, given = bank.alice, payment(bank, 1), settlement(bank, 1)
    transfer = sign(bank, "TransferWithAuthorization", *by_hand.values, signer=alice)
    receive = sign(bank, "ReceiveWithAuthorization", *by_hand.values, signer=alice)
    cancel = sign(bank, "CancelAuthorization", alice, by_hand.nonce, signer=alice)
    consent = sign(bank, "SettlementTransfer", *given.values, signer=alice)
    allowance = (alice, bank.stranger, 1)
    permit = sign(bank, "Permit", *allowance, 0, given.deadline, signer=alice)
    return {
        "transferWithAuthorization": ((*by_hand.values, transfer.raw), bank.stranger),
        "receiveWithAuthorization": ((*by_hand.values, receive.raw), bank.bob),
        "cancelAuthorization": ((alice, by_hand.nonce, cancel.raw), bank.stranger),
        "settleTransfer": ((*given.arguments, consent.raw), bank.settler),
        "permit": ((*allowance, given.deadline, permit.raw), bank.stranger),
    }


def _open(bank: Bank, *holds: Terms) -> None:
    for terms in holds:
        bank.opened(terms)


def test_pause_bits_add_up_and_are_taken_away_one_by_one(bank: Bank) -> None:
    bank.token.send("pause", PAUSE_TRANSFER, by=bank.guardian)
    bank.token.send("pause", PAUSE_SETTLE, by=bank.guardian)
    assert bank.token.read("pauseBits") == PAUSE_TRANSFER | PAUSE_SETTLE
    bank.token.send("unpause", PAUSE_TRANSFER | PAUSE_SUPPLY, by=bank.admin)
    assert bank.token.read("pauseBits") == PAUSE_SETTLE


@pytest.mark.parametrize("bits", [0, 8, 9])
def test_a_pause_that_means_nothing_is_refused(bank: Bank, bits: int) -> None:
    told = bank.token.refusal("pause", bits, by=bank.guardian)
    assert told == f"UnknownBits(bits: {bits})"
    assert bank.token.refusal("unpause", bits, by=bank.admin) == told
