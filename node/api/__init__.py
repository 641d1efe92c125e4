"""The partner-bank HTTP API, version 1: reads stores, calls services, has no rules of its own."""
