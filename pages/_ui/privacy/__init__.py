"""The panels of the page Privacy."""
