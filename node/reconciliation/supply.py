"""What the chain says the tokens add up to, at one block.

In: an `Rpc`, the record of a deployment, a height. Out: minor units by currency.
Called by: matcher and proof.
"""

from __future__ import annotations

from node.bindings import deposit_token
from node.chain.artifacts import load
from node.chain.codec import decode_result
from node.chain.deployments import DeployedContract, Deployment
from node.chain.rpc import Rpc
from node.core.money import currency, from_chain


def supplies(rpc: Rpc, deployment: Deployment, block: int) -> dict[str, int]:
    """`totalSupply` of every deposit token, in minor units of its currency."""
    return {code: _supply(rpc, deployment.token(code), block) for code in deployment.currencies}


def _supply(rpc: Rpc, token: DeployedContract, block: int) -> int:
    if block < token.block_number:
        return 0  # before it was deployed
    call = deposit_token.total_supply(token)
    answer = rpc.call(call.target, call.calldata, block=block)
    asset = currency(token.currency)
    raw = int(decode_result(load(deposit_token.CONTRACT), "totalSupply", answer))
    return from_chain(raw, asset.scale, asset).minor_units
