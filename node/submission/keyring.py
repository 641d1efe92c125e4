"""Keys under the names by which the desk knows them, wherever they are held.

In: a custodian and the address of each name. Out: a `NamedSigner`, as the keystore is one.
Called by: app, ground.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import boto3

from node.core.ids import wallet_key
from node.core.types import Address
from node.submission.custody import Custodian, CustodySigner
from node.submission.kms import KmsCustodian
from node.submission.signer import KeyRefused, KeyUnknown, Signer
from node.submission.web3signer import Web3Signer


class NamedSigner(Signer, Protocol):
    """A signer that knows its addresses by label."""

    @property
    def labels(self) -> frozenset[str]:
        """Every label that has a key."""

    def address(self, label: str) -> Address:
        """The address under a label. Raises `KeyUnknown`."""

    def create(self, label: str) -> Address:
        """The address under a label; made where that is possible. Raises `KeyRefused`."""


class NamedCustody(CustodySigner):
    """Keys held elsewhere, under names; none is ever made here."""

    def __init__(self, custodian: Custodian, names: Mapping[str, str]) -> None:
        super().__init__(custodian)
        self._names = {label: wallet_key(address) for label, address in names.items()}
        strange = sorted(set(self._names.values()) - self.addresses())
        if strange:
            raise KeyUnknown(
                f"the custodian holds no key of {strange[0]}",
                remedy="Correct CONCORD_SIGNER_ADDRESSES, or give the custodian the key.",
            )

    @property
    def labels(self) -> frozenset[str]:
        """Every label that has a key."""
        return frozenset(self._names)

    def address(self, label: str) -> Address:
        """The address under a label. Raises `KeyUnknown`."""
        if label not in self._names:
            raise KeyUnknown(
                f"no address is given for {label[:50]!r}",
                remedy="Name it in CONCORD_SIGNER_ADDRESSES.",
            )
        return self._names[label]

    def create(self, label: str) -> Address:
        """The address under a label. Raises `KeyRefused` where there is none."""
        if label in self._names:
            return self._names[label]
        raise KeyRefused(
            f"no key {label[:50]!r} can be made: keys are held elsewhere",
            remedy="Have it made where the keys are held.",
        )


def custody(url: str, kms_keys: Sequence[str], names: Mapping[str, str]) -> NamedCustody:
    """Web3Signer at that address; without one, these keys of AWS KMS, in boto3's own way there."""
    custodian = Web3Signer(url) if url else KmsCustodian(boto3.client("kms"), kms_keys)
    return NamedCustody(custodian, names)
