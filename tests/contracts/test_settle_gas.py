"""Gas of a delivery versus payment, both legs, all transactions; direct and behind proxies.

References, measured in one environment: PV01's contract 556,000 and T-REX's 361,000. "First of a
row" pays for the words that the settlements after it, with neighbouring nonces and salts, share.
"""

from __future__ import annotations

import pytest

from tests.contracts.desk import Desk

CODE_BYTES_MAX = 20_000

# By name: direct, behind the proxies.
LIMITS = {
    "signed": (120_000, 131_000),
    "signed, first of a row": (171_500, 182_500),
    "by holds": (220_000, 241_000),
    "by holds, first of a row": (237_500, 258_500),
}


def measured(desk: Desk) -> dict[str, int]:
    """Gas by name; 2 and 3 are neighbours, 4 and 5 too."""
    found = {}
    for payment, name in ((2, "signed, first of a row"), (3, "signed")):
        deal = desk.dvp(payment=payment)
        signed = desk.signatures(deal, (2 * payment, 2 * payment + 1))
        found[name] = desk.send("settle", deal, signed).gas_used
    for payment, name in ((4, "by holds, first of a row"), (5, "by holds")):
        deal = desk.dvp(payment=payment)
        held = sum(receipt.gas_used for receipt in desk.hold(deal))
        found[name] = held + desk.send("execute", deal).gas_used
    return found


@pytest.mark.parametrize("proxied", [False, True], ids=["direct", "behind proxies"])
def test_delivery_versus_payment(proxied: bool) -> None:  # noqa: FBT001 (a case of the test)
    found = measured(Desk(proxied=proxied))
    over = {name: gas for name, gas in found.items() if gas > LIMITS[name][proxied]}
    assert over == {}


def test_the_code_leaves_room() -> None:
    size = len(Desk().engine.artifact.deployed_bytecode) // 2 - 1
    assert size <= CODE_BYTES_MAX
