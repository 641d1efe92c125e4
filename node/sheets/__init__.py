"""Tables for people, as files: what a stranger wrote never becomes a formula."""
