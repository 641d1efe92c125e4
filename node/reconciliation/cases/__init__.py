"""Breaks as cases that people work on: notes, owners, and what two of them decide."""
