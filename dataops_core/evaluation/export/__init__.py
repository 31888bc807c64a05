"""How a comparison leaves: as a script that gives the same numbers, and as a fitted scikit-learn pipeline."""
