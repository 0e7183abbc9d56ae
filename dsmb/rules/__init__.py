"""Rules of the board's meetings: steps, quorum, votes, and the words of open texts. Pure."""
