"""What the board's app does when lower apps have news: it sends a task after commit, and nothing else.

Which task does not depend on what was recorded: every event, infusion, death and allocation has the boundaries checked,
so that nobody can tell from a request, nor from the queue, whether anything was found.
"""
