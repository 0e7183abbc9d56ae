"""Errors of messages that cannot be read. A message that only breaks a rule has a finding."""


class MessageError(ValueError):
    """One sentence: the element or file, its value, the rule."""
