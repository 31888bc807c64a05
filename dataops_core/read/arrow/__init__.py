"""What Arrow reads: Parquet, Feather, ORC, and its columns as columns of a table."""
