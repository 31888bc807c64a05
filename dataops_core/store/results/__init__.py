"""What is computed once and kept: profiles, analyses, differences, folds of comparisons. May import states."""
