"""A board report's documents (JSON, HTML, PDF), rendered from its frozen snapshot's tables alone.

Nothing here reads the database, the clock, the settings or the language of a session: the same report gives the same
bytes on every day and machine.
"""
