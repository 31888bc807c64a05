"""The overview of a project and of one dataset: score, problems by column, what to do next, latest activity."""
