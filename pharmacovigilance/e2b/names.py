"""XML names for reading and writing."""

from functools import cache

HL7 = "urn:hl7-org:v3"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
XSI_TYPE = f"{{{XSI}}}type"
BATCH_ROOT = "MCCI_IN200100UV01"
ACKNOWLEDGEMENT_ROOT = "MCCI_IN200101UV01"
NAMESPACES: dict[str | None, str] = {None: HL7, "xsi": XSI}


@cache
def qualified_name(name: str) -> str:
    """An element's name of HL7 v3 as lxml writes it."""
    return f"{{{HL7}}}{name}"


def local_name(tag: str) -> str:
    """The tag without its namespace."""
    return tag.rpartition("}")[2]
