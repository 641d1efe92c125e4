"""One module per resource, each exposing `router`; found by discovery, none knows another."""
