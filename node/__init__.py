"""Concord, the settlement node of a bank.

The folders are the layers: a module imports only from those below its own, and a test holds it.
`python -m node` and the `concord` command enter through `node.cli`.
"""
