"""The chart of chosen columns, the rows behind a part of it, and the charts that are kept."""
