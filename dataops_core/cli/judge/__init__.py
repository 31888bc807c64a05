"""Commands on groups of people: bias, and models that decide."""
