"""The HTTP API knows who asks: tokens."""
