"""A plan that is unsound is refused whole, with every fault and its place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from node.chain.deployment.plan import PlanInvalid, make_plan, read_plan
from tests.support.deployment import account, plan, plan_data

ONE = account(0xC1)
MISTYPED = "0xABaBaBaBABabABabAbAbABAbABabababaBaBABaC"


def bent(path: str, value: object) -> dict[str, Any]:
    """The sound plan with one place changed; None takes the key away."""
    data = plan_data()
    *way, last = path.split("/")
    part = data
    for key in way:
        part = part[key]
    if value is None:
        del part[last]
    else:
        part[last] = value
    return data


@pytest.mark.parametrize(
    ("path", "value", "what"),
    [
        ("colour", "red", "colour: there is no such key"),
        ("roles/ISSUER/colour", "red", "roles.ISSUER.colour: there is no such key"),
        ("tokens/CAD/decimals", 6, "tokens.CAD.decimals: there is no such key"),
        ("tokens/CAD/limits/colour", "red", "tokens.CAD.limits.colour: there is no such key"),
        ("chain_id", None, "chain_id: Field required"),
        ("chain_id", 0, "chain_id: "),
        ("chain_id", "1", "chain_id: "),
        ("chain_id", True, "chain_id: "),
        ("tokens", {}, "tokens: "),
        ("tokens/CAD/limits", None, "tokens.CAD.limits: Field required"),
        ("tokens/CAD/name", "x" * 32, "tokens.CAD.name: "),
        ("tokens/CAD/name", " ", "tokens.CAD.name: "),
        ("tokens/CAD/symbol", "d CAD", "tokens.CAD.symbol: "),
        ("tokens/cad", {}, "tokens.cad.name: Field required"),
        ("tokens/CAD/limits/capacity", 5_000_000, "tokens.CAD.limits.capacity: "),
        ("tokens/CAD/limits/capacity", "1.005", "tokens.CAD.limits.capacity: 1.005 has more"),
        ("tokens/CAD/limits/capacity", "-1", "tokens.CAD.limits.capacity: below zero"),
        ("tokens/CAD/limits/refill_per_second", "x", "tokens.CAD.limits.refill_per_second: 'x'"),
        ("tokens/CAD/limits/attestation_max_age", "31d", "attestation_max_age: at most 30d"),
        ("tokens/CAD/limits/attestation_max_age", 60, "attestation_max_age: a duration is"),
        ("roles/ADMIN", None, "roles.ADMIN: missing; it grants"),
        ("roles/GUARDIAN", None, "roles.GUARDIAN: missing; it pauses"),
        ("roles/MINTER", {"holders": [ONE]}, "roles.MINTER: not a role that is given"),
        ("roles/OWNER", {"holders": [ONE]}, "roles.OWNER: not a role that is given"),
        ("roles/ISSUER/holders", [], "roles.ISSUER.holders: "),
        ("roles/ISSUER/holders", [ONE, ONE], "roles.ISSUER.holders: names an account twice"),
        ("roles/ISSUER/holders", ["0x12"], "roles.ISSUER.holders.0: an address is 0x"),
        ("roles/ISSUER/holders", [ONE, MISTYPED], "roles.ISSUER.holders.1: the checksum"),
        ("roles/ISSUER/holders", [account(0)], "roles.ISSUER.holders.0: the zero address"),
        ("roles/ISSUER/delay", "1h", "roles.ISSUER.delay: this role must act at once"),
        ("roles/ADMIN/delay", "47h", "roles.ADMIN.delay: must be at least 48h"),
        ("roles/LIMITS/delay", None, "roles.LIMITS.delay: must be at least 24h"),
        ("roles/UPGRADER/delay", "31d", "roles.UPGRADER.delay: must be at least 48h and at most"),
        ("roles/UPGRADER/delay", "2 days", "roles.UPGRADER.delay: a duration is"),
        ("roles/ATTESTOR/holders", [account(0xA1)], "holds ISSUER and ATTESTOR"),
        ("roles/COMPLIANCE/holders", [account(0xA0)], "holds ADMIN and COMPLIANCE"),
        ("roles/ENFORCER/holders", [account(0xA3)], "holds COMPLIANCE and ENFORCER"),
        ("roles/ENFORCER/holders", [account(0xA5)], "holds GUARDIAN and ENFORCER"),
        ("roles/ENFORCER/delay", "59m", "roles.ENFORCER.delay: must be at least 1h"),
        ("roles/SETTLER/holders", [account(0xA6)], "holds UPGRADER and SETTLER"),
        ("roles/SETTLER/delay", "1h", "roles.SETTLER.delay: this role must act at once"),
        ("roles/TREASURY/holders", [account(0xA4)], "holds LIMITS and TREASURY"),
        ("treasury", None, "treasury: Field required"),
        ("treasury/account", account(0), "treasury.account: the zero address"),
        ("treasury/account", MISTYPED, "treasury.account: the checksum"),
        ("roles/GUARDIAN/holders", [account(0xA6)], "holds GUARDIAN and UPGRADER"),
    ],
)
def test_an_unsound_plan_is_refused(path: str, value: object, what: str) -> None:
    with pytest.raises(PlanInvalid) as refused:
        make_plan(bent(path, value))
    assert what in refused.value.detail


def test_a_currency_is_three_capitals() -> None:
    data = plan_data()
    data["tokens"]["Cad"] = data["tokens"].pop("CAD")
    with pytest.raises(PlanInvalid, match=r"tokens\.Cad: 'Cad' is not a currency code"):
        make_plan(data)


def test_all_faults_are_told_at_once() -> None:
    data = bent("roles/ISSUER/delay", "1h")
    del data["roles"]["GUARDIAN"]
    data["tokens"]["EUR"]["limits"]["capacity"] = "x"
    with pytest.raises(PlanInvalid) as refused:
        make_plan(data, source="deploy.toml")
    lines = refused.value.detail.splitlines()
    assert lines[0] == "deploy.toml is refused:"
    assert [line.partition(":")[0] for line in lines[1:]] == [
        "roles.GUARDIAN",
        "roles.ISSUER.delay",
        "tokens.EUR.limits.capacity",
    ]


def test_a_list_whose_items_are_at_fault_is_not_called_empty() -> None:
    with pytest.raises(PlanInvalid) as refused:
        make_plan(bent("roles/ISSUER/holders", ["0x12"]))
    assert refused.value.detail.splitlines()[1:] == [
        "roles.ISSUER.holders.0: an address is 0x and 40 hexadecimal digits"
    ]


def test_a_file_that_is_not_toml_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "deploy.toml"
    path.write_text('chain_id = 1\n[roles\nx = "y"\n', "utf-8")
    with pytest.raises(PlanInvalid, match=r"deploy\.toml is not TOML: .*line 2"):
        read_plan(path)
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(PlanInvalid, match=r"deploy\.toml is not TOML"):
        read_plan(path)
    with pytest.raises(PlanInvalid, match=r"absent\.toml cannot be read"):
        read_plan(tmp_path / "absent.toml")


def test_issuer_and_compliance_may_be_one_account() -> None:
    made = make_plan(bent("roles/COMPLIANCE/holders", [account(0xA1)]))
    assert made.roles["COMPLIANCE"].holders == made.roles["ISSUER"].holders


def test_amounts_and_durations_are_exact() -> None:
    made = plan("CAD")
    assert made.minor_units("CAD", made.tokens["CAD"].limits.capacity) == 500_000_000
    assert made.tokens["CAD"].limits.attestation_max_age == 26 * 3600
    assert made.roles["UPGRADER"].delay == 48 * 3600


def test_the_hash_is_that_of_the_meaning() -> None:
    again = plan_data()
    again["roles"] = dict(reversed(again["roles"].items()))
    again["roles"]["UPGRADER"]["delay"] = "2d"
    again["roles"]["ISSUER"]["holders"] = [account(0xA1).lower()]
    assert make_plan(again).hash == plan().hash
    assert make_plan(bent("tokens/CAD/symbol", "other")).hash != plan().hash
