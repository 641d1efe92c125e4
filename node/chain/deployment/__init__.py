"""Brings a plan of contracts and rights onto a chain, and proves that nothing else is there.

`plan` reads what is wanted, `steps` takes it apart, `apply` does it and may be stopped anywhere
(`journal`), `verify` proves the result. Called by: app (the embedded chain) and scripts/.
"""
