"""What each key may sign: contracts, functions, value, fees. What no rule allows is not signed.

In: a transaction or typed data that is about to be signed. Out: nothing, or the refusal.
Called by: app (composes it around every signer), tests. Pure.

The rules are the node's own, checked before the custodian is asked: whoever could make the node
prepare another call still could not have it signed.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from eth_utils.crypto import keccak

from node.core.errors import Rejected
from node.core.ids import wallet_key
from node.core.types import Address
from node.submission.signer import SignedTx, Signer, TypedData, UnsignedTx

ANYONE: Final = "*"
_SELECTOR: Final = 10
_MEMBERS: Final = frozenset({"signer", "to", "functions", "value_wei_max", "fee_wei_max", "typed"})


class NotPermitted(Rejected):
    """No rule lets that key sign that."""

    code = "SIGNING_NOT_PERMITTED"
    status = 403
    title = "Not allowed to be signed"


class PolicyRefused(Rejected):
    """The file of the signing policy cannot be read as one."""

    code = "SIGNING_POLICY_REFUSED"
    title = "Signing policy refused"


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that some keys may sign; `*` stands for any key, any address, any function."""

    signer: str
    to: str
    functions: frozenset[str]  # selectors; 0x for a transfer of value with no call
    value_wei_max: int = 0
    fee_wei_max: int = 10**18  # gas times fee
    typed: bool = False  # whether typed data of the contract may be signed too

    def covers(self, signer: Address, transaction: UnsignedTx) -> bool:
        """Whether the rule lets that key sign that."""
        return (
            self._names(signer, transaction.to)
            and (ANYONE in self.functions or transaction.data[:_SELECTOR] in self.functions)
            and transaction.value <= self.value_wei_max
            and transaction.gas * transaction.fee_wei_max <= self.fee_wei_max
        )

    def covers_typed(self, signer: Address, content: TypedData) -> bool:
        """The same of typed data."""
        return self.typed and self._names(signer, content.domain.contract)

    def _names(self, signer: Address, to: Address | None) -> bool:
        if to is None:
            return False  # a node never creates contracts
        return self.signer in {ANYONE, signer} and self.to in {ANYONE, wallet_key(to)}


@dataclass(frozen=True, slots=True)
class SigningPolicy:
    """Rules; nothing beside them is allowed but an empty transaction to oneself."""

    rules: tuple[Rule, ...] = ()

    def check(self, signer: Address, transaction: UnsignedTx) -> None:
        """Raise `NotPermitted` unless a rule covers it."""
        if _is_cancellation(signer, transaction):
            return
        if not any(each.covers(signer, transaction) for each in self.rules):
            raise NotPermitted(
                f"no rule lets {signer} call {transaction.data[:_SELECTOR]} of {transaction.to}"
                f" with {transaction.value} wei and {transaction.gas * transaction.fee_wei_max}"
                " wei for gas",
                remedy="Add a rule to CONCORD_SIGNING_POLICY, or find out who wanted this.",
            )

    def check_typed(self, signer: Address, content: TypedData) -> None:
        """Raise `NotPermitted` unless a rule covers it."""
        if not any(each.covers_typed(signer, content) for each in self.rules):
            raise NotPermitted(
                f"no rule lets {signer} sign a {content.primary} of {content.domain.contract}",
                remedy="Add a rule to CONCORD_SIGNING_POLICY, or find out who wanted this.",
            )


@dataclass(frozen=True, slots=True)
class PolicedSigner:
    """A signer behind a policy."""

    signer: Signer
    policy: SigningPolicy

    def addresses(self) -> frozenset[Address]:
        """Addresses it signs for."""
        return self.signer.addresses()

    def sign(self, address: Address, transaction: UnsignedTx) -> SignedTx:
        """Sign what a rule covers. Raises `NotPermitted`."""
        self.policy.check(wallet_key(address), transaction)
        return self.signer.sign(address, transaction)

    def sign_typed(self, address: Address, content: TypedData) -> bytes:
        """Sign typed data that a rule covers. Raises `NotPermitted`."""
        self.policy.check_typed(wallet_key(address), content)
        return self.signer.sign_typed(address, content)


def read_policy(path: Path) -> SigningPolicy:
    """The policy in a TOML file of `[[rule]]` tables. Raises `PolicyRefused`."""
    try:
        return _policy(tomllib.loads(path.read_text()))
    except (OSError, ValueError, TypeError, KeyError, Rejected) as error:
        raise PolicyRefused(
            f"{path} is no signing policy: {error}",
            remedy="docs/operations.md shows one.",
        ) from error


def _policy(told: Mapping[str, Any]) -> SigningPolicy:
    unknown = set(told) - {"rule"}
    if unknown:
        raise ValueError(f"there is no {min(unknown)!r} in a policy")
    return SigningPolicy(tuple(_rule(each) for each in told.get("rule", [])))


def selectors(functions: Iterable[str]) -> frozenset[str]:
    """Selectors of signatures such as `transfer(address,uint256)`; `*` and `0x` stay."""
    return frozenset(
        each if each in {ANYONE, "0x"} else "0x" + keccak(text=each)[:4].hex() for each in functions
    )


def _rule(told: Mapping[str, Any]) -> Rule:
    unknown = set(told) - _MEMBERS
    if unknown:
        raise ValueError(f"there is no {min(unknown)!r} in a rule")
    if not isinstance(told["functions"], list):
        raise TypeError("functions must be a list")
    return Rule(
        signer=_named(told["signer"]),
        to=_named(told["to"]),
        functions=selectors(map(str, told["functions"])),
        value_wei_max=int(told.get("value_wei_max", 0)),
        fee_wei_max=int(told.get("fee_wei_max", 10**18)),
        typed=told.get("typed", False) is True,
    )


def _named(text: str) -> str:
    return text if text == ANYONE else wallet_key(text)


def _is_cancellation(signer: Address, transaction: UnsignedTx) -> bool:
    """It moves nothing and calls nothing; only its fee could be abused, and that has caps."""
    empty = transaction.data == "0x" and transaction.value == 0
    return empty and transaction.to is not None and wallet_key(transaction.to) == signer
