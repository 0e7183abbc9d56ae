"""The colours of every drawing."""

INK = "#1a1a1a"


RULE = "#c8c8c8"


GREY = "#4d4d4d"
