"""Lets an account of a signer deploy: the signer's side of the deployment engine's `Deployer`.

In: a `Signer` and one of its addresses. Out: signed bytes. Called by: app (embedded chain),
scripts/deploy.py.
"""

from __future__ import annotations

from node.core.ids import wallet_key
from node.core.types import Address, ChainId
from node.submission.signer import KeyUnknown, Signer, UnsignedTx


class KeystoreDeployer:
    """One account that pays for a deployment. Raises `KeyUnknown` when the signer lacks it."""

    def __init__(self, signer: Signer, address: Address) -> None:
        if wallet_key(address) not in signer.addresses():
            raise KeyUnknown(
                f"no key of {address} is in the keystore",
                remedy="Name an account whose key the keystore holds.",
            )
        self._signer = signer
        self._address = wallet_key(address)

    @property
    def address(self) -> Address:
        """The account, in lower case."""
        return self._address

    def sign(
        self, *, chain_id: int, nonce: int, to: Address | None, data: str, gas: int, fee_wei: int,
        tip_wei: int,
    ) -> bytes:  # fmt: skip
        """Signed bytes of one transaction that carries no money."""
        unsigned = UnsignedTx(
            chain_id=ChainId(chain_id),
            nonce=nonce,
            to=to,
            data=data,
            value=0,
            gas=gas,
            fee_wei_max=fee_wei,
            tip_wei_max=tip_wei,
        )
        return self._signer.sign(self._address, unsigned).raw
