"""Whether a header is the one its hash names: the hash is made anew from all its fields.

In: a `Header`. Out: nothing, or `HeaderUnproved`. Called by: rpc, the indexer's proven mode.

Known forms: Ethereum from its first block to Prague (and OP Stack, Arbitrum, Polygon, which use
it), Avalanche's C-Chain, and Besu under QBFT or IBFT 2.0, whose hash leaves out what validators
add after the fact. A form that is not known cannot be proved, which is said, and is not trusted.
Sources: yellow paper 4.3; EIP-1559, 4895, 4844, 4788, 7685; coreth's header; Besu's
QbftExtraDataCodec and IbftExtraDataCodec.
"""

from __future__ import annotations

from typing import Any, Final

import rlp
from eth_hash.auto import keccak

from node.chain.header import Header
from node.chain.receipts_root import Unproved
from node.chain.rlp_text import data_text, listed, quantity_text, to_bytes

_FIRST: Final = (
    ("parentHash", 32),
    ("sha3Uncles", 32),
    ("miner", 20),
    ("stateRoot", 32),
    ("transactionsRoot", 32),
    ("receiptsRoot", 32),
    ("logsBloom", 256),
)
_NUMBERS: Final = ("difficulty", "number", "gasLimit", "gasUsed", "timestamp")
# Each fork appended members; None marks a number, else the length in bytes.
_ETHEREUM: Final = (
    ("baseFeePerGas", None),
    ("withdrawalsRoot", 32),
    ("blobGasUsed", None),
    ("excessBlobGas", None),
    ("parentBeaconBlockRoot", 32),
    ("requestsHash", 32),
)
_AVALANCHE: Final = (
    ("extDataHash", 32),
    ("baseFeePerGas", None),
    ("extDataGasUsed", None),
    ("blockGasCost", None),
    ("blobGasUsed", None),
    ("excessBlobGas", None),
    ("parentBeaconBlockRoot", 32),
)
# The end of "Istanbul practical byzantine fault tolerance" in ASCII: what marks a BFT header.
_BFT_MIX_HASH: Final = "0x63746963616c2062797a616e74696e65206661756c7420746f6c6572616e6365"
_VANITY, _VALIDATORS, _VOTE = 0, 1, 2


class HeaderUnproved(Unproved):
    """The fields of a header do not make its hash, in any form this node knows."""

    code = "HEADER_UNPROVED"
    title = "Header does not make its hash"


def check_header(header: Header) -> None:
    """Raise `HeaderUnproved` unless the hash of the header is that of its fields."""
    if header.hash not in header_hashes(header.fields):
        raise HeaderUnproved(
            f"block {header.number} {header.hash}: its fields make another hash",
            remedy="If every endpoint says the same, this chain's headers have a form the node"
            " does not know: read it in the mode `fast` with two endpoints or more.",
        )


def header_hashes(fields: Any) -> list[str]:  # noqa: ANN401 - JSON
    """The hash of a header in each form that it may have."""
    extra = data_text(fields["extraData"])
    if fields.get("mixHash") == _BFT_MIX_HASH:
        extras = _before_seals(fields["extraData"])
    else:
        extras = [extra]
    return [_hash(fields, each) for each in extras]


def _hash(fields: Any, extra: str) -> str:  # noqa: ANN401 - JSON
    body = "".join(data_text(fields[name], size) for name, size in _FIRST)
    body += "".join(quantity_text(fields[name]) for name in _NUMBERS)
    body += extra + data_text(fields["mixHash"], 32) + data_text(fields["nonce"], 8)
    later = _AVALANCHE if fields.get("extDataHash") else _ETHEREUM
    for name, size in later:
        if fields.get(name) is None:
            break
        told = fields[name]
        body += quantity_text(told) if size is None else data_text(told, size)
    return "0x" + keccak(to_bytes(listed(body))).hex()


def _before_seals(text: str) -> list[str]:
    """The extra data of a BFT header as it was before the validators of its round signed it."""
    try:
        parts = rlp.decode(bytes.fromhex(text[2:]))
        known = [parts[_VANITY], parts[_VALIDATORS], parts[_VOTE]]
    except (rlp.DecodingError, IndexError, TypeError, ValueError) as error:
        raise ValueError("the extra data of a BFT header is damaged") from error
    qbft, ibft = rlp.encode([*known, b"", []]), rlp.encode(known)
    return [data_text("0x" + each.hex()) for each in (qbft, ibft)]
