"""What developers run: compile, deploy, verify; each is a verb, `python -m scripts.<verb>`."""
