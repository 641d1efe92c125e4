"""Benchmarks: what the node costs, each beside a reference measured in the same run.

`benchmarks/` has one file per benchmark, found by themselves; the modules here are what several of
them share. Called by: `make bench`. README.md says how to read the lines and how to add one.
"""
