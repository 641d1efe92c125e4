"""The soak: a node as a process of its own under load, forks, deaths and faults, for minutes."""
