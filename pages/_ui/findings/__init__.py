"""Findings: the list of them with its filters, and one of them in detail."""
