"""Commands that make synthetic tables, and the one that judges them."""
