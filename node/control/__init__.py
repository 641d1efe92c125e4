"""Control of every command: audit trail, limits, halts, idempotency."""
