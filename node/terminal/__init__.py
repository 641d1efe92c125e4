"""What the command line says: JSON objects for programs, tables for people."""
