"""What the embedded chain takes: signed bytes are judged before they may wait or be mined.

In: bytes, the py-evm chain, what waits. Out: the transaction, or `NotTaken` in the words of a node.
Called by: embedded. What passes here can be mined, so nothing that was taken is lost silently.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from eth.abc import SignedTransactionAPI
from eth.exceptions import PyEVMError
from eth_keys.exceptions import BadSignature
from eth_utils.exceptions import ValidationError
from rlp.exceptions import RLPException

from node.chain.embedded_answers import NotTaken


def judged(
    chain: Any,  # noqa: ANN401 - eth-tester builds its chain class at run time
    waiting: Sequence[SignedTransactionAPI],
    raw: bytes,
) -> SignedTransactionAPI:
    """The transaction in `raw`. Raises `NotTaken`."""
    transaction = _decoded(chain, raw)
    _check_form(chain, transaction)
    _check_account(chain.get_vm().state, waiting, transaction)
    return transaction


def _decoded(chain: Any, raw: bytes) -> SignedTransactionAPI:  # noqa: ANN401 - py-evm
    try:
        found: SignedTransactionAPI = chain.get_vm().get_transaction_builder().decode(raw)
        found.validate()
        found.check_signature_validity()
    except (BadSignature, PyEVMError, RLPException, ValidationError) as error:
        raise NotTaken(f"invalid transaction: {error}") from error
    return found


def _check_form(chain: Any, transaction: SignedTransactionAPI) -> None:  # noqa: ANN401 - py-evm
    """What is wrong with it whoever sends it."""
    header = chain.header
    if transaction.chain_id not in (None, chain.chain_id):
        raise NotTaken(f"invalid chain id: this is chain {chain.chain_id}")
    if transaction.gas < transaction.intrinsic_gas:
        raise NotTaken(f"intrinsic gas too low: at least {transaction.intrinsic_gas}")
    if transaction.gas > header.gas_limit:
        raise NotTaken(f"exceeds block gas limit: at most {header.gas_limit}")
    if transaction.max_fee_per_gas < header.base_fee_per_gas:
        raise NotTaken(f"max fee per gas less than block base fee: {header.base_fee_per_gas}")


def _check_account(
    state: Any,  # noqa: ANN401 - py-evm
    waiting: Sequence[SignedTransactionAPI],
    transaction: SignedTransactionAPI,
) -> None:
    """What is wrong with it as the sender's next one."""
    if any(each.hash == transaction.hash for each in waiting):
        raise NotTaken("already known")
    nonce = state.get_nonce(transaction.sender)
    if transaction.nonce < nonce:
        raise NotTaken(f"nonce too low: the account is at {nonce}")
    others = [each for each in waiting if each.sender == transaction.sender]
    if any(each.nonce == transaction.nonce for each in others):
        raise NotTaken("replacement transaction underpriced: one with that nonce waits")
    if transaction.nonce > nonce + len(others):
        raise NotTaken(f"nonce too high: the next one is {nonce + len(others)}")
    if state.get_balance(transaction.sender) < sum(map(_cost, [*others, transaction])):
        raise NotTaken("insufficient funds for gas * price + value")


def _cost(transaction: SignedTransactionAPI) -> int:
    """The most that it can take from its sender."""
    return transaction.value + transaction.gas * transaction.max_fee_per_gas
