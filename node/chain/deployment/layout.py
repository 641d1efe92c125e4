"""What changes between two versions of a contract: what is sound, and what only has to be known.

In: the old and the new artifact. Out: faults, each of which forbids the upgrade; what comes and
goes in the interface. Called by: upgrade. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest

from eth_utils.abi import abi_to_signature

from node.chain.artifacts import Artifact
from node.chain.deployment.functions import changing_of, reason_of, role_of

Member = Sequence[str]


def faults(old: Artifact, new: Artifact) -> Iterator[str]:
    """Why the new code must not take the place of the old."""
    for namespace, members in old.storage_layout.items():
        kept = new.storage_layout.get(namespace)
        if kept is None:
            yield f"storage {_place(namespace)} is gone"
        else:
            yield from _moved(namespace, members, kept)
    if "" in new.storage_layout and "" not in old.storage_layout:
        names = ", ".join(name for name, _ in new.storage_layout[""])
        yield f"{names}: state outside a namespace moves with the contracts that come before it"
    for function in changing_of(new.abi):
        if role_of(old.name, function) is None and reason_of(old.name, function) is None:
            yield f"function {function} is new, and no table says who may call it"


def lost(old: Artifact, new: Artifact) -> list[str]:
    """What callers and readers of events knew and will not find."""
    return sorted(_interface(old) - _interface(new))


def gained(old: Artifact, new: Artifact) -> list[str]:
    """What is new to callers and readers of events."""
    return sorted(_interface(new) - _interface(old))


def added(old: Artifact, new: Artifact) -> list[str]:
    """Storage that the new code adds, behind or beside what there is."""
    found = []
    for namespace, members in new.storage_layout.items():
        known = len(old.storage_layout.get(namespace, []))
        found += [f"{_place(namespace)}: {name} ({kind})" for name, kind in members[known:]]
    return found


def _moved(namespace: str, old: Sequence[Member], new: Sequence[Member]) -> Iterator[str]:
    """Only the first member out of place: those behind it follow from that."""
    for was, became in zip_longest(old, new[: len(old)]):
        if was != became:
            told = f"{became[0]} ({became[1]})" if became else "nothing"
            yield f"storage {_place(namespace)}: where {was[0]} ({was[1]}) was is {told}"
            return


def _place(namespace: str) -> str:
    return namespace or "outside a namespace"


def _interface(artifact: Artifact) -> set[str]:
    """Functions, events and errors in words, with all that callers and readers depend on."""
    found = set()
    for each in artifact.abi:
        if each["type"] not in {"function", "event", "error"}:
            continue
        told = f"{each['type']} {abi_to_signature(each)}"  # type: ignore[arg-type]
        if each["type"] == "event":
            told += "".join("*" if part["indexed"] else "-" for part in each["inputs"])
        if each["type"] == "function":
            outputs = ",".join(part["type"] for part in each["outputs"])
            told += f" {each['stateMutability']} ({outputs})"
        found.add(told)
    return found
