"""One file per benchmark: `gas_issue.py` is `gas.issue`, and has `measure() -> Measured`.

Called by: scripts.bench, which finds them. They do not know each other.
"""
