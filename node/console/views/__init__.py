"""The pages of the console: one file each, with its `router`, found by `core.plugins.discover`."""
