"""The columns of a table as cards above its rows, and what can be done with the one that is selected."""
