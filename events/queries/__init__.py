"""Questions about events, each with a bounded number of queries."""
