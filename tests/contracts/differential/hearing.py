"""What was said on the chain, in the model's words.

In: receipts and refusals. Out: events as (address, name, arguments), and refusals in which the
reason that another contract gave is readable too. Used by setting and machine.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from node.chain import codec
from tests.contracts.chain import Contract, Log, Receipt
from tests.contracts.model.world import Event

_REASON = re.compile(r"(?<=reason: )0x[0-9a-f]+")


@dataclass(frozen=True)
class Hearing:
    """The contracts that are listened to; an event of another one is an error."""

    contracts: Mapping[str, Contract]

    def events(self, receipt: Receipt) -> list[Event]:
        return [self.event(log) for log in receipt.logs]

    def event(self, log: Log) -> Event:
        (contract,) = [each for each in self.contracts.values() if each.address == log.address]
        decoded = codec.decode_log(contract.artifact, log)
        assert decoded is not None, f"an unknown event of {contract.artifact.name}"
        args: dict[str, Any] = dict(decoded.args)
        if "reason" in args:
            args["reason"] = self._reason(args["reason"])
        return contract.address, decoded.name, args

    def refusal(self, told: str) -> str:
        return _REASON.sub(lambda found: self._reason(found[0]), told)

    def _reason(self, data: str) -> str:
        artifacts = [each.artifact for each in self.contracts.values()]
        return self.refusal(codec.decode_error(artifacts, data))
