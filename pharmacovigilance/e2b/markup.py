"""Text in the form of XML."""

import re

from pharmacovigilance.e2b.names import XSI_TYPE

FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot store at all, also as a reference (XML 1.0, production 2)."""
_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_ATTRIBUTE = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;"}
)


def element_text(text: str) -> str:
    """The text with the signs of XML escaped."""
    return text.translate(_TEXT) if "&" in text or "<" in text or ">" in text or "\r" in text else text


def attribute_text(name: str, value: str) -> str:
    """One attribute with the blank before it."""
    written = value if value.isalnum() else value.translate(_ATTRIBUTE)
    return f' {"xsi:type" if name == XSI_TYPE else name}="{written}"'


def attributes_text(attributes: dict[str, str]) -> str:
    """The attributes as a start tag has them."""
    return "".join(attribute_text(name, value) for name, value in attributes.items())
