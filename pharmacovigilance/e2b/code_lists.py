"""Code lists of ISO in E2B(R3). ICH's own lists are in the element table."""

from pharmacovigilance.e2b.mapping import DATA

COUNTRIES = frozenset((DATA / "countries.txt").read_text(encoding="ascii").split())
"""ISO 3166-1 alpha-2, and EU, which ICH allows (ICH E2B(R3), C.2.r.3)."""

LANGUAGES = frozenset((DATA / "languages.txt").read_text(encoding="ascii").split())
"""ISO 639-2, terminology and bibliographic codes (ICH E2B(R3), E.i.1.1b)."""
