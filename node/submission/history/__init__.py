"""Every step that an intent took."""
