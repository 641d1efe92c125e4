"""Instructions: what the bank was told to pay, and how far it has come."""
