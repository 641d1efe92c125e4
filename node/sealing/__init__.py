"""Seals what was written: chained Merkle roots over journal and audit trail, and their proofs."""
