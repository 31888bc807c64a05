"""What somebody chose about a dataset and no version holds: findings to ignore, weights, drafts of forms."""
