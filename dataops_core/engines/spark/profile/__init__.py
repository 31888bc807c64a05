"""The profile of a table on a cluster: counted on the workers, asked at the driver."""
