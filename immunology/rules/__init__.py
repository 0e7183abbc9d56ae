"""Pure decisions about antibodies: names, matches with a donor, calls, trajectories, counts."""
