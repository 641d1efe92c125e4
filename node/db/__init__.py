"""Database rim: engine, unit of work, exact columns, cursors, leases, migrations."""
