"""Too large a range in the words of nodes and providers, and the size they offer instead."""

from __future__ import annotations

import pytest

from node.chain.rpc_ranges import is_too_large, suggested

ALCHEMY = (
    "Log response size exceeded. You can make eth_getLogs requests with up to a 2K block range and"
    " no limit on the response size"
)


@pytest.mark.parametrize(
    ("who", "message", "blocks"),
    [
        ("Alchemy", ALCHEMY, 2000),
        ("Alchemy", (f"{ALCHEMY}. Based on your parameters and the response size limit, this block"
         " range should work: [0x0, 0x3e7]"), 1000),
        ("Alchemy, free", ("Under the Free tier plan, you can make eth_getLogs requests with up to"
         " a 10 block range. Based on your parameters, this block range should work: [0x1312d00,"
         " 0x1312d09]. Upgrade to PAYG for expanded block range."), 10),
        ("Infura", ("query returned more than 10000 results. Try with this block range [0x4DCB1,"
         " 0x4DD91]."), 225),
        ("Infura", "query returned more than 10000 results", None),
        ("Infura", "range 1000000 exceeds limit of 10000", 10_000),
        ("QuickNode", "eth_getLogs is limited to a 10,000 range", 10_000),
        ("QuickNode", "eth_getLogs is limited to a 5 range", 5),
        ("QuickNode", "eth_getLogs and eth_newFilter are limited to a 10,000 blocks range", 10_000),
        ("Ankr", "block range is too wide", None),
        ("Ankr", "Block range is too large", None),
        ("dRPC", "ranges over 10000 blocks are not supported on freetier", 10_000),
        ("dRPC", "query exceeds max results 20000, retry with the range 1200-1299", 100),
        ("reth", "query exceeds max block range 100000", 100_000),
        ("reth", "query exceeds max results 20000, retry with the range 1-2", 2),
        ("Besu", "Requested range exceeds maximum RPC range limit", None),
        ("Besu", "Requested range exceeds maximum range limit: 1000", 1000),
        ("Erigon", "block range is too wide, maximum allowed: 1000", 1000),
        ("Erigon", "query returned more than 10000 results", None),
        ("Erigon of Polygon", "block range too large, max range: 1000", 1000),
        ("Nethermind", "Too many logs requested. Max logs per response is 20000.", None),
        ("geth", "exceed maximum block range: 5000", 5000),
        ("geth", "query timeout exceeded", None),
        ("geth", "response too large", None),
        ("Avalanche", "requested too many blocks from 0 to 16777216, maximum is set to 2048", 2048),
        ("BlockPI", ("eth_getLogs is limited to 1024 block range. Please check the parameter"
         " requirements"), 1024),
        ("Chainstack", "Block range limit exceeded. See more details in our docs", None),
        ("1RPC", "eth_getLogs is limited to 0 - 10000 blocks range", 10_000),
        ("Cloudflare", "Max range: 800", 800),
        ("Morph", ("block range is larger than max block range, block range = 5120, max block range"
         " = 5000"), 5000),
        ("Polygon", "Block range is too large, range: 7000, max: 1000", 1000),
        ("thirdweb", "Maximum allowed number of requested blocks is 3500", 3500),
        ("Tenderly", "query exceeds limit: max 1000 blocks", 1000),
        ("Lava", "block range: 6000 exceeds the limit of 5000 blocks", 5000),
        ("Blast", "Invalid params: eth_getLogs block range is limited to 10,000 blocks", 10_000),
        ("anyone", "too wide blocks range, the limit is 100", 100),
        ("anyone", "logs matched by query exceeds limit of 10000", None),
        ("anyone", "Response size exceeded the limit of 10 MB", None),
        ("anyone", "this block range should work: [0x9, 0x3]", None),
        ("anyone", "block range too large, max range: 0", None),
    ],
)  # fmt: skip
def test_a_range_that_is_too_large(who: str, message: str, blocks: int | None) -> None:
    assert is_too_large(message), who
    assert suggested(message) == blocks, who


@pytest.mark.parametrize(
    "message",
    [
        "invalid block range params",
        "block range extends beyond current head block",
        "fromBlock is greater than toBlock",
        "unknown block",
        "header not found",
        "internal error",
        "execution aborted",
        "missing trie node",
        "",
    ],
)
def test_what_does_not_get_better_with_fewer_blocks(message: str) -> None:
    assert not is_too_large(message)
