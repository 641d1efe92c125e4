"""The statements that change the record of reconciliation; sources, keeping and sweep run them."""
