"""A bank's token, alone and behind its proxy, and plain ones on the same chain, to be paid with.

In: the committed artifacts; the plain tokens of OpenZeppelin and Solady, compiled by the same
compiler with the same settings. Out: `Payments`, made once per run. Called by: the benchmarks of
gas.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from node.chain import codec
from node.chain.artifacts import Artifact, load
from node.chain.deployments import checksummed
from node.chain.rpc import Receipt
from node.core.types import Address
from node.submission.signer import KeystoreSigner
from scripts.bench.compiled import compiled
from tests.support.deployed import PASSWORD, Bank

PAYER: Final = "payer"
AMOUNT: Final = 1_000_00
ALONE: Final = "DepositToken"
PLAIN: Final = "PlainToken"
SOLADY: Final = "SoladyToken"
_ALLOWED: Final = 1
_LIABILITIES: Final = 10**12


class Payments:
    """All tokens, with money of each in the payer's hands."""

    def __init__(self, folder: Path, others: Mapping[str, Artifact]) -> None:
        KeystoreSigner(folder / "keys", PASSWORD).create(PAYER)  # before the chain, which funds it
        self._bank = Bank(folder, "CAD")
        self._orders = 0
        deployment = self._bank.apply()
        self._token, self._gate = deployment.token("CAD"), deployment.gate("CAD")
        self.payer = self._bank.keys.address(PAYER)
        self._artifacts = {**others, ALONE: load(ALONE)}
        self._addresses = {name: self._create(each, self.payer) for name, each in others.items()}
        self._addresses[ALONE] = self._create_alone()
        self.admit(self.payer)
        now = self._bank.rpc.block("latest").timestamp
        self._bank.send("ATTESTOR", self._gate, "attest", _LIABILITIES, now)
        self.issue(self.payer)
        for name in self._addresses:
            self.mint(name, self.payer)

    def admit(self, account: Address) -> None:
        """Let an account receive and send."""
        self._bank.send("COMPLIANCE", self._token, "setAccountFlags", account, _ALLOWED)
        self._call(ALONE, "setAccountFlags", account, _ALLOWED)

    def issue(self, account: Address) -> int:
        """Gas of an issue through the gate, with sequence, reference and attestation."""
        self._orders += 1
        order = (self._orders, f"0x{self._orders:032x}{self._orders:032x}", account, AMOUNT)
        return self._bank.send("ISSUER", self._gate, "issue", *order).gas_used

    def transfer(self, to: Address) -> int:
        """Gas of a transfer of the bank's token, through its proxy."""
        return self._bank.send(PAYER, self._token, "transfer", to, 1).gas_used

    def mint(self, name: str, account: Address) -> int:
        """Gas of a mint, by whom the token lets mint, of a token that stands alone."""
        return self._call(name, "mint", account, AMOUNT).gas_used

    def transfer_of(self, name: str, to: Address) -> int:
        """Gas of a transfer of a token that stands alone."""
        return self._call(name, "transfer", to, 1).gas_used

    def close(self) -> None:
        """Let go of the chain."""
        self._bank.chain.close()

    def _create(self, artifact: Artifact, *arguments: object) -> Address:
        encoded = codec.encode_constructor(artifact, arguments).removeprefix("0x")
        return self._put_up(artifact.bytecode + encoded)

    def _create_alone(self) -> Address:
        """The bank's token without a proxy, under an access manager that the payer rules."""
        access = self._create(load("BankAccess"), self.payer)
        code = load(ALONE).deployed_bytecode.removeprefix("0x")
        # CODECOPY what follows these ten bytes and RETURN it: a constructor would end the token.
        self._addresses[ALONE] = self._put_up(f"0x61{len(code) // 2:04x}80600a5f395ff3{code}")
        self._call(ALONE, "initialize", "Alone", "dCAD", "CAD", 2, access)
        return self._addresses[ALONE]

    def _put_up(self, bytecode: str) -> Address:
        receipt = self._bank.transact(PAYER, None, bytecode)
        return checksummed(str(receipt.contract_address))

    def _call(self, name: str, function: str, *arguments: object) -> Receipt:
        data = codec.encode_call(self._artifacts[name], function, arguments)
        receipt = self._bank.transact(PAYER, self._addresses[name], data)
        if not receipt.status:
            raise RuntimeError(f"{function} of {name} was refused")
        return receipt


@cache
def payments() -> Payments:
    """The tokens of this run. Raises `Absent` without the compiler."""
    others = compiled(PLAIN, SOLADY)
    with TemporaryDirectory() as folder:  # what is open stays readable once its name is gone
        return Payments(Path(folder), others)
