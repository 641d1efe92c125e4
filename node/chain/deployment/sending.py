"""Sends the transactions of a deployment or an upgrade, each once, and waits for them.

In: an `Rpc`, a journal, whoever signs. Out: receipts. Called by: apply, scheduled.

The signed bytes of a step are in the journal before they are sent. After an interruption the same
bytes are sent again, so nothing happens twice.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final, Protocol

from node.chain import artifacts
from node.chain.codec import decode_error
from node.chain.deployment.journal import Journal, tx_hash
from node.chain.rpc import (
    AlreadyKnown,
    CallReverted,
    NonceTooLow,
    Receipt,
    Rpc,
    Underpriced,
)
from node.core.errors import Fatal
from node.core.types import Address

GAS_MARGIN_PERCENT: Final = 125
PATIENCE_SECONDS: Final = 300
PATIENCE_SECONDS_NONCE_USED: Final = 10  # an endpoint may know the nonce before the receipt
POLL_SECONDS: Final = 0.2


class StepFailed(Fatal):
    """A transaction of the deployment reverted or was never mined."""

    code = "DEPLOYMENT_STEP_FAILED"
    title = "Deployment step failed"


class Deployer(Protocol):
    """Whoever signs for an account that sends."""

    @property
    def address(self) -> Address:
        """The account that pays."""

    def sign(
        self, *, chain_id: int, nonce: int, to: Address | None, data: str, gas: int, fee_wei: int,
        tip_wei: int,
    ) -> bytes:  # fmt: skip
        """Signed bytes of one transaction."""


@dataclass(frozen=True, slots=True)
class Sender:
    """One account on one chain, and the journal of what it has signed."""

    rpc: Rpc
    deployer: Deployer
    journal: Journal

    def send(self, step: str, to: Address | None, data: str) -> Receipt:
        """The receipt of the step, sent now or before. Raises `StepFailed`."""
        raw = self.journal.find(step) or self.journal.keep(step, self._sign(step, to, data))
        receipt = self._mined(step, raw)
        if not receipt.status:
            raise StepFailed(
                f"{step} reverted in block {receipt.block_number} ({receipt.tx_hash})",
                remedy=f"Find out why; then remove {self.journal.path.name} and start anew.",
            )
        return receipt

    def _sign(self, step: str, to: Address | None, data: str) -> bytes:
        sender = self.deployer.address
        try:
            gas = self.rpc.gas_estimate(sender, to, data)
        except CallReverted as error:
            known = [artifacts.load(each) for each in artifacts.names()]
            raise StepFailed(
                f"{step} would revert: {decode_error(known, error.data)}",
                remedy="Nothing was sent for this step. Correct the plan or the account.",
            ) from error
        fees = self.rpc.fees()
        return self.deployer.sign(
            chain_id=self.rpc.chain_id(),
            nonce=self.rpc.nonce(sender, pending=True),
            to=to,
            data=data,
            gas=gas * GAS_MARGIN_PERCENT // 100,
            fee_wei=2 * fees.base_wei + fees.tip_wei,
            tip_wei=fees.tip_wei,
        )

    def _mined(self, step: str, raw: bytes) -> Receipt:
        patience = PATIENCE_SECONDS
        try:
            self.rpc.send_raw(raw)
        except AlreadyKnown:
            pass
        except NonceTooLow:
            patience = PATIENCE_SECONDS_NONCE_USED
        except Underpriced as error:
            raise StepFailed(
                f"{step}: gas costs more by now than what was signed: {error.detail}",
                remedy="Run the same command again once it costs less, or remove"
                f" {self.journal.path.name} and start anew.",
            ) from error
        receipt = self._receipt(tx_hash(raw), patience)
        if receipt is not None:
            return receipt
        if patience == PATIENCE_SECONDS_NONCE_USED:
            raise StepFailed(
                f"{step}: the account has used its nonce for something else meanwhile",
                remedy=f"Remove {self.journal.path.name} and start anew, with an account that"
                " sends nothing else.",
            )
        raise StepFailed(
            f"{step} ({tx_hash(raw)}) was not mined within {patience} s",
            remedy="Run the same command again: it sends the same bytes and goes on.",
        )

    def _receipt(self, sent: str, patience: int) -> Receipt | None:
        deadline = time.monotonic() + patience
        while (receipt := self.rpc.receipt(sent)) is None and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
        return receipt
