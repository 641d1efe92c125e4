"""The bank before any run: accounts admitted and funded, liabilities attested, limits small.

Out: a duet that has been played until there, on a chain to be rewound to here.
"""

from __future__ import annotations

from tests.contracts.differential.duet import Duet
from tests.contracts.differential.setting import Setting
from tests.contracts.model.accounts import ALLOWED
from tests.contracts.model.gate import Limits

FUNDS = 1_000
LIABILITIES = 6_000
LIMITS = Limits(2_000, 1, 7_200)


def opened(setting: Setting) -> Duet:
    duet = Duet.begin(setting)
    duet.compare()
    for token in ("cad", "eur"):
        for name in ("alice", "bob", "wallet"):
            account = setting.people[name]
            duet.does(f"{token}.setAccountFlags", account, ALLOWED, by="compliance")
            duet.does(f"{token}.mint", account, FUNDS, by="minter")
    duet.does("gate.lowerLimits", LIMITS, by="guardian")
    duet.does("gate.attest", LIABILITIES, setting.chain.coming, by="attestor")
    duet.compare()
    duet.tally.clear()
    return duet
