"""Questions about safety cases."""
