"""What a board report decides and computes: looks owed, intervals, tests, rounding, printed tables. Pure."""
