"""What the store costs."""
