"""A Safe as banks have one: its published bytecode on a chain, three owners, two of whom decide.

In: anvil and the npm modules. Out: `Safe`, which sends what enough owners have signed. Used by
tests of what an administrator does.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from eth_account import Account
from eth_account.signers.local import LocalAccount

from node.chain import codec
from node.chain.deployments import checksummed
from node.chain.rpc import CallReverted, Receipt, Rpc
from node.core.types import Address
from tests.support.anvil import PATIENCE_SECONDS, ROOT, Anvil

BUILT: Final = ROOT / "node_modules/@safe-global/safe-contracts/build/artifacts/contracts"
ZERO: Final = "0x" + "0" * 40
THRESHOLD: Final = 2


@dataclass(frozen=True)
class Published:
    """A contract as its makers published it."""

    name: str
    abi: list[dict[str, Any]]
    bytecode: str


def published(path: str) -> Published:
    found = json.loads((BUILT / path / f"{Path(path).stem}.json").read_text("utf-8"))
    return Published(found["contractName"], found["abi"], found["bytecode"])


@dataclass(frozen=True)
class Safe:
    """One Safe on a chain, with the keys of its owners."""

    anvil: Anvil
    address: Address
    owners: tuple[LocalAccount, ...]
    contract: Published = field(default_factory=lambda: published("SafeL2.sol"))

    def send(self, to: str, data: str, signers: Sequence[LocalAccount]) -> Receipt:
        """Have the Safe call; raises `CallReverted` and sends nothing where that would revert."""
        rpc, sender = Rpc([self.anvil.url]), self.owners[0].address
        calldata = self.calldata(to, data, signers)
        rpc.call(self.address, calldata, sender=sender)
        return sent(self.anvil, sender, self.address, calldata)

    def refusal(self, to: str, data: str, signers: Sequence[LocalAccount]) -> str:
        """The reason with which the Safe refuses the call; fails if it does not."""
        try:
            self.send(to, data, signers)
        except CallReverted as error:
            return codec.decode_error([self.contract], error.data)
        raise AssertionError("the Safe did not refuse")

    def calldata(self, to: str, data: str, signers: Iterable[LocalAccount]) -> str:
        """The call of the Safe that carries another call, with the owners' signatures."""
        content = (to, 0, data, 0, 0, 0, 0, ZERO, ZERO)
        asked = codec.encode_call(
            self.contract, "getTransactionHash", (*content, self._read("nonce"))
        )
        answer = Rpc([self.anvil.url]).call(self.address, asked)
        digest = codec.decode_result(self.contract, "getTransactionHash", answer)
        # The Safe wants signatures in the order of their owners.
        ordered = sorted(signers, key=lambda each: int(each.address, 16))
        signatures = b"".join(each.unsafe_sign_hash(digest).signature for each in ordered)
        return codec.encode_call(self.contract, "execTransaction", (*content, signatures))

    def _read(self, function: str) -> Any:  # noqa: ANN401 - ABI values
        asked = codec.encode_call(self.contract, function, ())
        answer = Rpc([self.anvil.url]).call(self.address, asked)
        return codec.decode_result(self.contract, function, answer)


def new_safe(anvil: Anvil, salt: int) -> Safe:
    """Deploy singleton, factory and handler, and make a Safe of three new owners."""
    owners = tuple(Account.create() for _ in range(THRESHOLD + 1))
    payer = owners[0].address
    anvil.fund(payer)
    anvil.ask("anvil_impersonateAccount", payer)
    singleton, factory = published("SafeL2.sol"), published("proxies/SafeProxyFactory.sol")
    handler = published("handler/CompatibilityFallbackHandler.sol")
    places = [_created(anvil, payer, each) for each in (singleton, factory, handler)]
    names = [each.address for each in owners]
    setup = codec.encode_call(
        singleton, "setup", (names, THRESHOLD, ZERO, b"", places[2], ZERO, 0, ZERO)
    )
    making = codec.encode_call(factory, "createProxyWithNonce", (places[0], setup, salt))
    made = codec.decode_result(
        factory, "createProxyWithNonce", Rpc([anvil.url]).call(places[1], making)
    )
    assert sent(anvil, payer, places[1], making).status
    return Safe(anvil, checksummed(made), owners)


def sent(anvil: Anvil, sender: str, to: str | None, data: str) -> Receipt:
    """Send as an account that anvil lets us be; its receipt."""
    transaction = {"from": sender, "data": data} | ({"to": to} if to else {})
    tx_hash, rpc = anvil.ask("eth_sendTransaction", transaction), Rpc([anvil.url])
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (receipt := rpc.receipt(tx_hash)) is None and time.monotonic() < deadline:
        time.sleep(0.01)
    assert receipt is not None, "not mined"
    return receipt


def _created(anvil: Anvil, payer: str, contract: Published) -> Address:
    receipt = sent(anvil, payer, None, contract.bytecode)
    assert receipt.contract_address is not None
    return receipt.contract_address
