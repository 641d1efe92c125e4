"""The statements that write the record of bank files; importer.py alone runs them."""
