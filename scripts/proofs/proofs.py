"""The proofs, in the order of the summary: one module each, one line here.

Used by the run.
"""

from __future__ import annotations

from typing import Final

from scripts.proofs import (
    coverage,
    differential,
    hardhat,
    kills,
    mutants,
    properties,
    roles,
    simulation,
    slither,
    solidity,
    symbolic,
)
from scripts.proofs.proof import Proof

PROOFS: Final = (
    Proof("properties", properties.prove, alone=True),
    Proof("differential", differential.prove, alone=True),
    Proof("simulation", simulation.prove, alone=True),
    Proof("kills", kills.prove, alone=True),
    Proof("symbolic", symbolic.prove, alone=True),
    Proof("mutants", mutants.prove, alone=True),
    Proof("roles", roles.prove),
    Proof("solidity", solidity.prove),
    Proof("hardhat", hardhat.prove),
    Proof("coverage", coverage.prove),
    Proof("slither", slither.prove),
)
