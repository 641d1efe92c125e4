"""Chain, books and bank compared: items, matches, breaks, the proof."""
