"""From bank file to statement: formats, the statement gate, the importer."""
