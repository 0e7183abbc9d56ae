"""Files of lists."""
