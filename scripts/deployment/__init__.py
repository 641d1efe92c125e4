"""What scripts/deploy.py and scripts/verify_deployment.py share: where, what, how it is told.

`place` opens the chain, the record and the keys that the command line names; `survey` finds out
what stands and what is left; `rehearsal` counts the gas; `screen` and `outcome` speak to the user.
"""
