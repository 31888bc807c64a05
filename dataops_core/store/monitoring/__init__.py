"""Deliveries in the store: held against a version, kept in quarantine where they fail, told to those who watch."""
