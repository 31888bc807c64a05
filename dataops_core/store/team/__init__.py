"""What a team shares: objects in a bucket, the catalog on a database server."""
