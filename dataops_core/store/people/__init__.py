"""People in the store: who may do what, and who belongs to which project."""
