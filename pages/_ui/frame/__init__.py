"""What stands around every page: sign-in, the choice of team, running jobs, and where one is on the way."""
