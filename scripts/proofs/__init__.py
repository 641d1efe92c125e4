"""What `make verify` proves of the contracts: each proof is a module here, one line in `proofs`."""
