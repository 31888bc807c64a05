"""Many people at once on one server: `make bench-people`."""
