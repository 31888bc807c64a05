"""The panels of the page Rules: each draws one part of it; what all pages share lies one folder up."""
