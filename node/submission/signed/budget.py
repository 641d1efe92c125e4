"""The budget of a day: what all that was signed on it may cost at the most.

In: what is about to be committed. Out: the new sum, in the same unit of work, or a refusal that
undoes it. Called by: sender, replacing.

The most a call may cost is gas times fee, though it mostly costs less: a budget that counted what
was really paid would let more be signed than it could pay for.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from node.submission.fees import FeeBudgetSpent, FeePolicy
from node.submission.signed import store
from node.submission.signer import UnsignedTx


def spend(
    session: Session,
    policy: FeePolicy,
    made: Sequence[UnsignedTx],
    now: datetime,
    *,
    instead_wei: int = 0,
) -> None:
    """Count what these may cost; `instead_wei` is what they replace. Raises `FeeBudgetSpent`."""
    if not made:
        return
    chain_id, day = made[0].chain_id, now.date().isoformat()
    wei = max(sum(each.gas * each.fee_wei_max for each in made) - instead_wei, 0)
    most = policy.day_wei_max
    if most is not None and store.committed_wei(session, chain_id, day) + wei > most:
        raise FeeBudgetSpent(
            f"what is signed on {day} may not cost more than {most} wei",
            remedy="It is sent tomorrow; or have the budget of a day raised.",
        )
    store.commit_wei(session, chain_id, day, wei)
