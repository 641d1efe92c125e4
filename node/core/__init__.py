"""Vocabulary of the node: pure types and rules, no I/O, imported by every layer, importing none."""
