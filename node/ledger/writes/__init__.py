"""The statements that change the books; journal.py alone runs them."""
