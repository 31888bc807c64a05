"""Intervals, tests and guards against many looks, thin over scipy; whatever is said to be clear rests on them."""
