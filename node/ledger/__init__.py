"""The books: a double-entry ledger that knows no chain."""
