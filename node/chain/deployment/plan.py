"""What a deployment shall bring about, read from a TOML file and refused whole when it is unsound.

In: a TOML file (docs/deploy.md describes it), or the same as a mapping. Out: `Plan`, frozen; or
`PlanInvalid` with every fault and its place. Called by: scripts/deploy.py, app (embedded chain).
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from itertools import combinations
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails

from node.chain.deployment.roles import APART, BY_NAME, GIVEN
from node.chain.deployments import checksummed
from node.core.errors import Rejected
from node.core.ids import sha256_hex
from node.core.money import currency, parse_signed
from node.core.types import Address

DELAY_SECONDS_MAX = 30 * 86_400
_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_DURATION = re.compile(r"(\d{1,7})([smhd])", re.ASCII)
_ZERO = "0x" + "0" * 40


class PlanInvalid(Rejected):
    """The plan is not well formed, or what it asks for is unsound. Nothing was sent."""

    code = "PLAN_INVALID"
    title = "Deployment plan refused"


def _seconds(value: object) -> int:
    found = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if not found:
        raise ValueError('a duration is a number and a unit (s, m, h, d), for example "48h"')
    return int(found[1]) * _SECONDS[found[2]]


def _holder(text: str) -> Address:
    address = checksummed(text)
    if address == _ZERO:
        raise ValueError("the zero address can hold nothing")
    return address


Seconds = Annotated[int, BeforeValidator(_seconds)]
Holder = Annotated[Address, AfterValidator(_holder)]
# What fits in the 31 bytes that a signing domain gives to a name.
Name = Annotated[str, StringConstraints(pattern=r"^[ -~]{1,31}$", strip_whitespace=True)]
Symbol = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9.]{1,11}$")]
Amount = Annotated[str, StringConstraints(max_length=40)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class RolePlan(_Part):
    """Who holds a role, and how long each must wait between scheduling and doing."""

    holders: tuple[Holder, ...] = Field(min_length=1, strict=False)
    delay: Seconds = 0


class LimitsPlan(_Part):
    """What a gate may issue: decimal amounts of its currency; zero means nothing at all."""

    capacity: Amount
    refill_per_second: Amount
    attestation_max_age: Seconds


class TokenPlan(_Part):
    """One deposit token with its gate. Decimals are those of the currency, by ISO 4217."""

    name: Name
    symbol: Symbol
    limits: LimitsPlan


class TreasuryPlan(_Part):
    """Whose money the adapter places: the account it comes from and goes back to."""

    account: Holder


class Plan(_Part):
    """One chain, the holders of every role, the treasury, and a token and gate per currency."""

    chain_id: int = Field(ge=1, lt=2**63)
    roles: dict[str, RolePlan]
    treasury: TreasuryPlan
    tokens: dict[str, TokenPlan] = Field(min_length=1)

    @model_validator(mode="after")
    def _sound(self) -> Self:
        faults = [*_role_faults(self.roles), *_apart_faults(self.roles)]
        for code, token in self.tokens.items():
            faults += _token_faults(code, token)
        if faults:
            raise ValueError("\n".join(faults))
        return self

    @property
    def hash(self) -> str:
        """Fingerprint of everything the plan says, not of how it is written."""
        return sha256_hex(json.dumps(self.model_dump(), sort_keys=True).encode())

    def minor_units(self, code: str, amount: str) -> int:
        """A decimal amount of the plan as the token's integer."""
        return parse_signed(amount, currency(code)).minor_units

    def gate_limits(self, code: str) -> tuple[int, int, int]:
        """The limits of a currency as its gate counts them: minor units, and seconds."""
        limits = self.tokens[code].limits
        capacity = self.minor_units(code, limits.capacity)
        refill = self.minor_units(code, limits.refill_per_second)
        return capacity, refill, limits.attestation_max_age


def read_plan(path: Path) -> Plan:
    """The plan in a TOML file. Raises `PlanInvalid`."""
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise PlanInvalid(
            f"{path} cannot be read: {error.strerror}", remedy="Check the path of the plan."
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PlanInvalid(
            f"{path} is not TOML: {error}", remedy="Correct the file at the place named."
        ) from error
    return make_plan(data, source=str(path))


def make_plan(data: Mapping[str, Any], *, source: str = "the plan") -> Plan:
    """A plan from the shape that its TOML file has. Raises `PlanInvalid`."""
    try:
        return Plan.model_validate(dict(data))
    except ValidationError as error:
        faults = "\n".join(_faults(error))
        raise PlanInvalid(
            f"{source} is refused:\n{faults}",
            remedy="Correct what is named; docs/deploy.md describes every key.",
        ) from error


def _faults(error: ValidationError) -> Iterator[str]:
    told = error.errors(include_url=False)
    for each in told:
        if each["type"] == "too_short" and any(_inside(each, other) for other in told):
            continue  # a list of which every item is at fault counts as empty
        place = ".".join(str(part) for part in each["loc"])
        what = str(each["msg"]).removeprefix("Value error, ")
        if each["type"] == "extra_forbidden":
            what = "there is no such key"
        yield f"{place}: {what}" if place else what


def _inside(outer: ErrorDetails, inner: ErrorDetails) -> bool:
    where = outer["loc"]
    return len(inner["loc"]) > len(where) and inner["loc"][: len(where)] == where


def _role_faults(roles: Mapping[str, RolePlan]) -> Iterator[str]:
    for rule in GIVEN:
        if rule.name not in roles:
            yield f"roles.{rule.name}: missing; it {rule.purpose}, and somebody must be able to"
    for name, role in roles.items():
        given = BY_NAME.get(name)
        if given not in GIVEN:
            known = ", ".join(each.name for each in GIVEN)
            yield f"roles.{name}: not a role that is given to accounts; those are {known}"
            continue
        if len(set(role.holders)) < len(role.holders):
            yield f"roles.{name}.holders: names an account twice"
        if given.delay_seconds_min == 0 and role.delay != 0:
            yield f"roles.{name}.delay: this role must act at once; leave the delay out"
        elif not given.delay_seconds_min <= role.delay <= DELAY_SECONDS_MAX:
            hours = given.delay_seconds_min // 3600
            yield f"roles.{name}.delay: must be at least {hours}h and at most 30d"


def _apart_faults(roles: Mapping[str, RolePlan]) -> Iterator[str]:
    held = {name: set(role.holders) for name, role in roles.items()}
    for one, other in combinations(held, 2):
        both = held[one] & held[other]
        if both and ((one, other) in APART or (other, one) in APART):
            account = min(both)
            yield f"roles: {account} holds {one} and {other}, which must be different accounts"


def _token_faults(code: str, token: TokenPlan) -> Iterator[str]:
    try:
        asset = currency(code)
    except Rejected as error:
        yield f"tokens.{code}: {error.detail}"
        return
    for key in ("capacity", "refill_per_second"):
        try:
            amount = parse_signed(getattr(token.limits, key), asset).minor_units
        except Rejected as error:
            yield f"tokens.{code}.limits.{key}: {error.detail}"
        else:
            if amount < 0:
                yield f"tokens.{code}.limits.{key}: below zero"
    if token.limits.attestation_max_age > DELAY_SECONDS_MAX:
        yield f"tokens.{code}.limits.attestation_max_age: at most 30d"
