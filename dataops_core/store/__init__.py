"""Projects, datasets, drafts, versions, jobs and the audit log, under one home folder."""
