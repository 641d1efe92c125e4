"""Matching rules, one file each: `RULE` is a `LinkRule` or a `BalanceRule`, found by discovery."""
