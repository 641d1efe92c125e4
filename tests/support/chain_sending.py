"""Transactions that somebody sends besides the node: outsiders, customers, the tests themselves.

In: an `Rpc`, a signer and one of its addresses. Out: the hash under which it was sent.
"""

from __future__ import annotations

from node.chain.rpc import Rpc
from node.core.types import Address, Hash32
from node.submission.service import Call
from node.submission.signer import Signer, UnsignedTx

GAS = 1_000_000


def send(
    rpc: Rpc, signer: Signer, sender: Address, *, to: Address, value: int = 0, data: str = "0x"
) -> Hash32:
    """Send one transaction at once, with the account's next nonce."""
    made = unsigned(rpc, sender, to=to, value=value, data=data)
    return rpc.send_raw(signer.sign(sender, made).raw)


def send_call(rpc: Rpc, signer: Signer, sender: Address, call: Call) -> Hash32:
    """Send one call at once."""
    return send(rpc, signer, sender, to=call.target, value=call.value, data=call.calldata)


def unsigned(
    rpc: Rpc,
    sender: Address,
    *,
    to: Address,
    value: int = 0,
    data: str = "0x",
    nonce: int | None = None,
    gas: int = GAS,
) -> UnsignedTx:
    """The transaction that `send` signs."""
    fees = rpc.fees()
    return UnsignedTx(
        chain_id=rpc.chain_id(),
        nonce=rpc.nonce(sender, pending=True) if nonce is None else nonce,
        to=to,
        data=data,
        value=value,
        gas=gas,
        fee_wei_max=2 * fees.base_wei + fees.tip_wei,
        tip_wei_max=fees.tip_wei,
    )
