"""Counts the gas of a plan by applying it to a chain that is thrown away afterwards.

In: a plan. Out: gas per step, as used. Called by: survey.

What reverts there would revert on the real chain too; chains that charge for data besides gas cost
more than this tells.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from node.chain.deployment.apply import ensure_deployed
from node.chain.deployment.journal import tx_hash
from node.chain.deployment.plan import Plan
from node.chain.deployment.steps import steps_of
from node.chain.embedded import EmbeddedChain
from node.chain.finality import EMBEDDED_CHAIN_ID
from node.core.types import Hash32
from node.submission.deployer import KeystoreDeployer
from node.submission.signer import KeystoreSigner


class _Noting(KeystoreDeployer):
    """Remembers, in their order, the hashes of what it signs."""

    def __init__(self, keys: KeystoreSigner) -> None:
        super().__init__(keys, keys.create("rehearsal"))
        self.signed: list[Hash32] = []

    def sign(self, **transaction: Any) -> bytes:  # noqa: ANN401 - handed on as it is
        raw = super().sign(**transaction)
        self.signed.append(tx_hash(raw))
        return raw


def rehearsed(plan: Plan) -> dict[str, int]:
    """Gas that each step uses, by its name."""
    with TemporaryDirectory() as folder:
        deployer = _Noting(KeystoreSigner(Path(folder), "of a key that is never used again"))
        chain = EmbeddedChain(None, [deployer.address])
        rpc = chain.rpc()
        here = plan.model_copy(update={"chain_id": EMBEDDED_CHAIN_ID})
        ensure_deployed(rpc, here, deployer, Path(folder) / "record.json")
        receipts = [rpc.receipt(each) for each in deployer.signed]
        chain.close()
    used = [receipt.gas_used for receipt in receipts if receipt]
    return dict(zip(steps_of(plan), used, strict=True))
