"""What a comparison says beside the scores: leaks, rows that gain and lose, whether more rows help, a last look."""
