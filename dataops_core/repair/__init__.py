"""The right values for cells that are probably wrong: proposed, with how sure they are and why."""
