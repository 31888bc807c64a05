"""Commands that prepare a table: recipes, repairs, and benches that compare ways to prepare it."""
