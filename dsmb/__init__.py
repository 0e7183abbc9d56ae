"""The board: meetings, votes, recommendations, letters and the portal."""
