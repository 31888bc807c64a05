"""How values are read as numbers and mixed into random ones: one way for the whole engine. Nothing of this package but
the ground floor may come in.
"""
