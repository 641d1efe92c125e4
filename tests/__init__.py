"""The proofs: unit/ mirrors node/, integration/ and acceptance/ drive it, style/ holds the laws.

Its folders are plain folders; this file only keeps the name `tests` ours.
"""
