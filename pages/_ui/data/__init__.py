"""The panels of the page Data: each draws one part of it; what all pages share lies one folder up."""
