"""The panels of the page Clean."""
