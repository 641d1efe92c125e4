"""What the keys of a node sign when it does what this package does, and nothing else.

In: the desk. Out: a `SigningPolicy`. Called by: app, for keys in the node's own keystore; whoever
holds keys elsewhere writes a policy (docs/operations.md).
"""

from __future__ import annotations

from typing import Final

from eth_utils.abi import function_abi_to_4byte_selector

from node.bindings import deposit_token, issuance_gate, settlement_engine
from node.chain.artifacts import load
from node.chain.deployments import DeployedContract
from node.core.ids import wallet_key
from node.settlement.desk import Desk
from node.settlement.onboarding import GAS_MONEY_WEI
from node.submission.policy import ANYONE, Rule, SigningPolicy

# What a wallet in custody does for its holder, under the holder's instruction.
_OF_WALLETS: Final = ("transferWithRef", "createHold", "releaseHold")


def own_policy(desk: Desk) -> SigningPolicy:
    """One rule per key of the desk and contract, and those of the wallets in custody."""
    gate, token, engine = issuance_gate.CONTRACT, deposit_token.CONTRACT, settlement_engine.CONTRACT
    rules = [Rule(desk.funder, ANYONE, frozenset({"0x"}), value_wei_max=GAS_MONEY_WEI)]
    for each in desk.deployment.contracts:
        if each.contract == gate:
            rules.append(_rule(desk.issuer, each, "issue", "redeem", "cancelRedemption"))
            rules.append(_rule(desk.attestor, each, "attest"))
        if each.contract == token:
            rules.append(_rule(desk.compliance, each, "setAccountFlags", "freeze"))
            rules.append(_rule(ANYONE, each, *_OF_WALLETS, typed=True))
        if each.contract == engine:
            settles = ("settle", "execute", "settleNet", "releaseNetHolds")
            rules.append(_rule(desk.settler, each, *settles))
            rules.append(_rule(ANYONE, each, "instruct", typed=True))
    return SigningPolicy(tuple(rules))


def _rule(signer: str, contract: DeployedContract, *functions: str, typed: bool = False) -> Rule:
    named = [
        each
        for each in load(contract.contract).abi
        if each["type"] == "function" and each["name"] in functions
    ]
    selectors = frozenset(
        "0x" + function_abi_to_4byte_selector(each).hex()  # type: ignore[arg-type]
        for each in named
    )
    key = signer if signer == ANYONE else wallet_key(signer)
    return Rule(key, wallet_key(contract.address), selectors, typed=typed)
