"""Commands on the store: datasets, versions, bundles and the audit log."""
