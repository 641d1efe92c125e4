"""When a block may be relied on: one policy per chain, three heights.

In: the height of the head and, where the chain has one, of its `finalized` block. Out: `Heights`.
Called by: app (chooses the policy), the indexer and the submission monitor (apply it).

Confirmations count the blocks on top: 0 means that a block counts as soon as it is seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from node.core.errors import Rejected
from node.core.types import ChainId

EMBEDDED_CHAIN_ID: Final = ChainId(131277322940537)  # eth-tester's, fixed in its chain class


class PolicyRefused(Rejected):
    """The finality asked for would let a reorg move money on that chain."""

    code = "FINALITY_POLICY_REFUSED"
    title = "Finality policy refused"


@dataclass(frozen=True, slots=True)
class Heights:
    """The highest block that is seen, confirmed and final; `final <= confirmed <= head`."""

    head: int
    confirmed: int
    final: int


@dataclass(frozen=True, slots=True)
class FinalityPolicy:
    """Blocks on top until confirmed; until final a depth, a tag of the chain, or both."""

    confirmations: int
    final_depth: int | None
    tag: str | None

    def __post_init__(self) -> None:
        if self.confirmations < 0 or (self.final_depth is not None and self.final_depth < 0):
            raise PolicyRefused("a finality policy counts blocks: nothing below 0")
        if self.final_depth is None and self.tag is None:
            raise PolicyRefused(
                "a finality policy without depth and without tag would never be final",
                remedy="Give a depth in blocks, or a tag such as finalized.",
            )

    def heights(self, head: int, tagged: int | None) -> Heights:
        """The three heights; `tagged` is the number of the tagged block, None while unknown.

        Where both a tag and a depth are set, the lower height counts. The first block of a chain
        is always final.
        """
        confirmed = max(head - self.confirmations, 0)
        final = confirmed
        if self.final_depth is not None:
            final = min(final, max(head - self.final_depth, 0))
        if self.tag is not None:
            final = min(final, tagged or 0)
        return Heights(head, confirmed, final)


@dataclass(frozen=True, slots=True)
class _Chain:
    name: str
    confirmations: int


# Final is what the chain's own tag `finalized` names. What that means on each:
#
# - Ethereum: two epochs justified by two thirds of the stake, 13 to 19 minutes; to undo it costs a
#   third of it. Source: consensus specification, Casper FFG; execution-apis, block tags.
# - OP Stack (OP Mainnet, Base): derived from data in a final Ethereum block, 15 to 30 minutes; an
#   unsafe block is only the sequencer's word. Source: OP Stack specification, derivation.
# - Arbitrum: the batch that holds the block is in a final Ethereum block, about 15 minutes; before
#   it, the sequencer's word. Source: Nitro, arbnode's sync monitor; Arbitrum docs, finality.
# - Polygon PoS: a milestone that two thirds of the validators voted for, some seconds; without it
#   reorgs of over 100 blocks have happened. Source: Polygon docs, finality; PIP-11.
# - Avalanche: Snowman accepts a block once and for all, 1 to 2 seconds, and its API shows accepted
#   blocks only, so that `finalized` is `latest`. Source: coreth, eth API backend; Avalanche docs.
#
# Confirmations, which only let pending entries appear, are those that large custodians wait for
# before they credit a deposit. Source: Circle Mint, supported chains; exchanges' deposit pages.
# Besu under QBFT or IBFT 2.0 has no chain id of its own: `instant` says that a block is final when
# it is there, since two thirds of the validators signed it. Source: Besu docs, QBFT; EEA QBFT.
_PUBLIC: Final = {
    1: _Chain("Ethereum", 12),
    10: _Chain("OP Mainnet", 60),
    56: _Chain("BNB Smart Chain", 15),
    100: _Chain("Gnosis", 20),
    137: _Chain("Polygon", 50),
    8453: _Chain("Base", 60),
    42161: _Chain("Arbitrum One", 300),
    43114: _Chain("Avalanche C-Chain", 12),
    59144: _Chain("Linea", 60),
    17000: _Chain("Holesky", 12),
    43113: _Chain("Avalanche Fuji", 12),
    80002: _Chain("Polygon Amoy", 50),
    84532: _Chain("Base Sepolia", 60),
    421614: _Chain("Arbitrum Sepolia", 300),
    560048: _Chain("Hoodi", 12),
    11155111: _Chain("Sepolia", 12),
    11155420: _Chain("OP Sepolia", 60),
}
_DEVELOPMENT: Final = frozenset({EMBEDDED_CHAIN_ID, 1337, 31337})  # ours, geth --dev, anvil/Hardhat
_UNKNOWN_CONFIRMATIONS: Final = 12


def embedded() -> FinalityPolicy:
    """The embedded chain: confirmed with one block on top, final with three."""
    return FinalityPolicy(confirmations=1, final_depth=3, tag=None)


def policy_for(
    chain_id: int,
    *,
    confirmations: int | None = None,
    final_depth: int | None = None,
    tag: str | None = None,
    instant: bool = False,
) -> FinalityPolicy:
    """The policy of a chain; what is not given comes from what is known about it.

    `instant` says that every block is final at once, as under QBFT or IBFT. Public chains refuse
    that and 0 confirmations; an unknown chain accepts them only as `instant`. Raises
    `PolicyRefused`.
    """
    public = _PUBLIC.get(chain_id)
    if public and (instant or confirmations == 0 or final_depth == 0):
        raise PolicyRefused(
            f"{public.name} (chain {chain_id}) is public: its blocks are not final when seen",
            remedy=f"Leave the policy out, or ask for some confirmations ({public.confirmations}).",
        )
    if instant:
        return FinalityPolicy(confirmations=0, final_depth=0, tag=None)
    if chain_id in _DEVELOPMENT:
        given = embedded()
    else:
        count = public.confirmations if public else _UNKNOWN_CONFIRMATIONS
        given = FinalityPolicy(count, None, "finalized")
        if 0 in (confirmations, final_depth):
            raise PolicyRefused(
                f"chain {chain_id} is not known to be final at once",
                remedy="State that it has instant finality, or ask for some confirmations.",
            )
    chosen = (final_depth, tag) if (final_depth, tag) != (None, None) else None
    depth, name = chosen or (given.final_depth, given.tag)
    return FinalityPolicy(
        given.confirmations if confirmations is None else confirmations, depth, name
    )
