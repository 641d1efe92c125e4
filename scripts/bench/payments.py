"""A bank's token and OpenZeppelin's plain one on the same chain, to be paid with.

In: the committed artifacts, and PlainToken.sol compiled by the same compiler with the same
settings. Out: `Payments`, made once per run. Called by: the benchmarks of gas.
"""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from node.chain import codec
from node.chain.artifacts import Artifact
from node.chain.deployments import checksummed
from node.chain.rpc import Receipt
from node.core.types import Address
from node.submission.signer import KeystoreSigner
from scripts import compile as compiling
from scripts.bench.measured import Absent
from tests.support.deployed import PASSWORD, Bank

PAYER: Final = "payer"
AMOUNT: Final = 1_000_00
_PLAIN: Final = "PlainToken"
_ALLOWED: Final = 1
_LIABILITIES: Final = 10**12


class Payments:
    """Both tokens, with money of both in the payer's hands."""

    def __init__(self, folder: Path, plain: Artifact) -> None:
        KeystoreSigner(folder / "keys", PASSWORD).create(PAYER)  # before the chain, which funds it
        self._bank = Bank(folder, "CAD")
        self._plain = plain
        self._orders = 0
        deployment = self._bank.apply()
        self._token, self._gate = deployment.token("CAD"), deployment.gate("CAD")
        self.payer = self._bank.keys.address(PAYER)
        self._plain_address = self._create_plain()
        self.admit(self.payer)
        now = self._bank.rpc.block("latest").timestamp
        self._bank.send("ATTESTOR", self._gate, "attest", _LIABILITIES, now)
        self.issue(self.payer)
        self.mint_plain(self.payer)

    def admit(self, account: Address) -> None:
        """Let an account receive and send."""
        self._bank.send("COMPLIANCE", self._token, "setAccountFlags", account, _ALLOWED)

    def issue(self, account: Address) -> int:
        """Gas of an issue through the gate, with sequence, reference and attestation."""
        self._orders += 1
        order = (self._orders, f"0x{self._orders:032x}{self._orders:032x}", account, AMOUNT)
        return self._bank.send("ISSUER", self._gate, "issue", *order).gas_used

    def transfer(self, to: Address) -> int:
        """Gas of a transfer of the bank's token, through its proxy."""
        return self._bank.send(PAYER, self._token, "transfer", to, 1).gas_used

    def mint_plain(self, account: Address) -> int:
        """Gas of a mint of the plain token by its owner."""
        return self._send_plain("mint", account, AMOUNT).gas_used

    def transfer_plain(self, to: Address) -> int:
        """Gas of a transfer of the plain token."""
        return self._send_plain("transfer", to, 1).gas_used

    def close(self) -> None:
        """Let go of the chain."""
        self._bank.chain.close()

    def _create_plain(self) -> Address:
        arguments = codec.encode_constructor(self._plain, (self.payer,)).removeprefix("0x")
        receipt = self._bank.transact(PAYER, None, self._plain.bytecode + arguments)
        return checksummed(str(receipt.contract_address))

    def _send_plain(self, function: str, *arguments: object) -> Receipt:
        data = codec.encode_call(self._plain, function, arguments)
        return self._bank.transact(PAYER, self._plain_address, data)


@cache
def payments() -> Payments:
    """The one pair of tokens of this run. Raises `Absent` without the compiler."""
    plain = _compiled()
    with TemporaryDirectory() as folder:  # what is open stays readable once its name is gone
        return Payments(Path(folder), plain)


def _compiled() -> Artifact:
    source = {_PLAIN: f"scripts/bench/{_PLAIN}.sol"}
    config = replace(compiling.read_config(), artifacts=source, mocks={})
    try:
        files = compiling.compile_all(config).files
    except compiling.CannotCompile as error:
        raise Absent(str(error)) from error
    found = json.loads(files[compiling.ARTIFACTS / f"{_PLAIN}.json"])
    fields = {name: found[name] for name in Artifact.__slots__ if name in found}
    return Artifact(**fields, hash="")
