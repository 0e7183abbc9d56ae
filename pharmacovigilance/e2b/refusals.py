"""Why a message cannot be read at all. What only breaks a rule is a finding, and no refusal."""


class MessageError(ValueError):
    """One sentence: the element or file, its value, the rule."""
