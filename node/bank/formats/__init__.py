"""Bank formats, one file each: `NAMES` of messages and `collector(name)` for one of them."""
