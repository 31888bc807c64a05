"""Speed and memory, measured: ratios beside a peer in the same run, never a test."""
