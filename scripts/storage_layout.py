"""Where a contract keeps what it stores, read from the compiler's tree of the sources.

In: the output of a compiler run, with `ast`. Out: the members of every ERC-7201 namespace, which
the compiler's own layout leaves out. Called by: compile, for the artifacts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

_NAMESPACE: Final = re.compile(r"@custom:storage-location\s+(\S+)")
_STRUCT: Final = re.compile(r"struct [\w.]+")
Json = dict[str, Any]
Layout = dict[str, list[list[str]]]


def storage_layout(name: str, path: str, output: Json) -> Layout:
    """Members of every ERC-7201 namespace (and "" for plain state), in order, as [name, type].

    Structs inside of them follow under their types. An upgrade is sound when each list of the old
    code begins the list of the new code.
    """
    layout: Layout = {}
    for contract in _lineage(name, path, output):
        for node in contract["nodes"]:
            if node["nodeType"] == "VariableDeclaration" and node["mutability"] == "mutable":
                layout.setdefault("", []).append(_member(node))
            text = (node.get("documentation") or {}).get("text", "")
            namespace = _NAMESPACE.search(text)
            if node["nodeType"] == "StructDefinition" and namespace:
                layout[namespace[1]] = [_member(member) for member in node["members"]]
    return layout | _inner_structs(layout, output)


def _lineage(name: str, path: str, output: Json) -> list[Json]:
    """The contract and its bases, from the most basic on."""
    contracts = {
        node["id"]: node
        for source in output["sources"].values()
        for node in source["ast"]["nodes"]
        if node["nodeType"] == "ContractDefinition"
    }
    here = {node["id"] for node in output["sources"][path]["ast"]["nodes"]}
    own = next(each for key, each in contracts.items() if key in here and each["name"] == name)
    return [contracts[key] for key in reversed(own["linearizedBaseContracts"])]


def _inner_structs(layout: Layout, output: Json) -> Layout:
    """Every struct that is stored inside of another or of a mapping or list, by its type."""
    known = {f"struct {each['canonicalName']}": each["members"] for each in _structs(output)}
    waiting = [kind for members in layout.values() for _, kind in members]
    inner: Layout = {}
    while waiting:
        kind = waiting.pop()
        for name in _STRUCT.findall(kind):
            if name not in inner:
                inner[name] = [_member(member) for member in known[name]]
                waiting += [kind for _, kind in inner[name]]
    return dict(sorted(inner.items()))


def _structs(output: Json) -> Iterator[Json]:
    for source in output["sources"].values():
        for node in source["ast"]["nodes"]:
            for each in (node, *node.get("nodes", ())):
                if each["nodeType"] == "StructDefinition":
                    yield each


def _member(node: Json) -> list[str]:
    return [node["name"], node["typeDescriptions"]["typeString"]]
