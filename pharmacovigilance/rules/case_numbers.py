"""The world-wide unique number of a case: E2B(R3) C.1.8.1, "country code-company-report number"."""

import re

_NOT_ALLOWED = re.compile(r"[^A-Z0-9]+")
UNKNOWN_COUNTRY = "XX"


def worldwide_number(*, country: str, organisation: str, trial_code: str, number: int) -> str:
    """`FR-APHP-STROMACOV2.00017`.

    Country: two letters of ISO 3166; the organisation has no hyphen (ICH's rule).
    """
    where = country.upper() if re.fullmatch(r"[A-Za-z]{2}", country) else UNKNOWN_COUNTRY
    return f"{where}-{_plain(organisation) or 'SPONSOR'}-{_plain(trial_code)}.{number:05d}"


def _plain(text: str) -> str:
    return _NOT_ALLOWED.sub("", text.upper())
