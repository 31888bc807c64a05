"""Commands that watch what is delivered."""
