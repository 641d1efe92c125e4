"""The treasury console: pages that read the stores and show whether the money is right."""
