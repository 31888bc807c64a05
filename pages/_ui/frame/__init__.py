"""What stands around every page: signing in, the members of a project, running jobs, how far one has come."""
