"""What data managers ask across the rooms."""
