"""JSON documents and JSON Lines as tables."""
