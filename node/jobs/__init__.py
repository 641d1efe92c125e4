"""Runs the stages: who leads, in which order, what happens when one fails, and the clock."""
