"""What goes over the wire, one module per kind of record; shared by the routes."""
