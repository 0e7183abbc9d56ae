"""Recognises vasopressors as hospitals write them: accents, French and brand names, strengths, salts, units.

Names: INN and European names, WHO ATC C01CA and H01BA; brands from the labels of FDA, ANSM and BfArM. The first word
(before or after a salt) must be the agent: a local anaesthetic "with adrenaline" is not a vasopressor.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from haemodynamics.choices import RateUnit, Vasopressor
from trials.choices import Salt

AGENTS: Mapping[str, Vasopressor] = {
    "NOREPINEPHRINE": Vasopressor.NOREPINEPHRINE,
    "NOREPINEPHRIN": Vasopressor.NOREPINEPHRINE,
    "NOREPINEFRINA": Vasopressor.NOREPINEPHRINE,
    "NORADRENALINE": Vasopressor.NOREPINEPHRINE,
    "NORADRENALIN": Vasopressor.NOREPINEPHRINE,
    "NORADRENALINA": Vasopressor.NOREPINEPHRINE,
    "LEVOPHED": Vasopressor.NOREPINEPHRINE,
    "LEVARTERENOL": Vasopressor.NOREPINEPHRINE,
    "ARTERENOL": Vasopressor.NOREPINEPHRINE,
    "EPINEPHRINE": Vasopressor.EPINEPHRINE,
    "EPINEPHRIN": Vasopressor.EPINEPHRINE,
    "ADRENALINE": Vasopressor.EPINEPHRINE,
    "ADRENALIN": Vasopressor.EPINEPHRINE,
    "ADRENALINA": Vasopressor.EPINEPHRINE,
    "SUPRARENIN": Vasopressor.EPINEPHRINE,
    "PHENYLEPHRINE": Vasopressor.PHENYLEPHRINE,
    "PHENYLEPHRIN": Vasopressor.PHENYLEPHRINE,
    "NEOSYNEPHRINE": Vasopressor.PHENYLEPHRINE,
    "BIORPHEN": Vasopressor.PHENYLEPHRINE,
    "VAZCULEP": Vasopressor.PHENYLEPHRINE,
    "DOPAMINE": Vasopressor.DOPAMINE,
    "DOPAMIN": Vasopressor.DOPAMINE,
    "INTROPIN": Vasopressor.DOPAMINE,
    "VASOPRESSIN": Vasopressor.VASOPRESSIN,
    "VASOPRESSINE": Vasopressor.VASOPRESSIN,
    "ARGIPRESSIN": Vasopressor.VASOPRESSIN,
    "ARGIPRESSINE": Vasopressor.VASOPRESSIN,
    "VASOSTRICT": Vasopressor.VASOPRESSIN,
    "PITRESSIN": Vasopressor.VASOPRESSIN,
    "EMPRESSIN": Vasopressor.VASOPRESSIN,
    "REVERPLEG": Vasopressor.VASOPRESSIN,
}
# Tartrate, bitartrate and hydrogen tartrate are the same salt of norepinephrine (Wieruszewski 2024).
SALTS: Mapping[str, Salt] = {
    "TARTRATE": Salt.TARTRATE,
    "BITARTRATE": Salt.TARTRATE,
    "HYDROGENTARTRATE": Salt.TARTRATE,
    "BASE": Salt.BASE,
}
BESIDES = frozenset({"DE", "D", "L", "HYDROCHLORIDE", "HCL", "CHLORHYDRATE", "ACETATE", *SALTS})
"""Words that may precede the agent: French articles, the stereo form, salts."""
ANAESTHETIC = re.compile(r"\w+CAIN[EA]?")
JOINED = {
    "NEO SYNEPHRINE": "NEOSYNEPHRINE",
    "HYDROGEN TARTRATE": "HYDROGENTARTRATE",
    "BI TARTRATE": "BITARTRATE",
}

MASSES = {
    "UG": "UG",
    "MCG": "UG",
    "MICROG": "UG",
    "MICROGRAM": "UG",
    "MICROGRAMS": "UG",
    "GAMMA": "UG",
    "MG": "MG",
}
ACTIVITIES = frozenset({"U", "IU", "UI", "UNIT", "UNITS", "UNITE", "UNITES"})
MINUTES = frozenset({"MIN", "MINUTE", "MN"})
HOURS = frozenset({"H", "HR", "HOUR", "HEURE", "STUNDE"})
UNITS: Mapping[tuple[str, ...], RateUnit] = {
    ("UG", "MIN"): RateUnit.UG_MIN,
    ("UG", "KG", "MIN"): RateUnit.UG_KG_MIN,
    ("MG", "H"): RateUnit.MG_H,
    ("U", "MIN"): RateUnit.U_MIN,
    ("U", "H"): RateUnit.U_H,
}


@dataclass(frozen=True)
class Named:
    """Agent and salt of a name.

    `is_mixed` = with another active substance, so that it is no infusion of the agent.
    """

    agent: Vasopressor
    salt: Salt
    is_mixed: bool


def plain_capitals(text: str) -> str:
    """Capitals without accents; either code point of micro is U."""
    micro = text.replace("\N{MICRO SIGN}", "u").replace("\N{GREEK SMALL LETTER MU}", "u")
    decomposed = unicodedata.normalize("NFKD", micro)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)).upper()


def agent_of(name: str) -> Named | None:
    """The agent and salt of a medication's name; None without a vasopressor.

    The salt is unknown unless named.
    """
    words = re.findall(r"[A-Z]+", plain_capitals(name))
    text = " ".join(words)
    for written, joined in JOINED.items():
        text = text.replace(written, joined)
    words = text.split()
    agents = [AGENTS[word] for word in words if word in AGENTS]
    if not agents:
        return None
    first = next(word for word in words if word not in BESIDES)
    mixed = first not in AGENTS or len(set(agents)) > 1 or any(map(ANAESTHETIC.fullmatch, words))
    salt = next((SALTS[word] for word in words if word in SALTS), Salt.UNKNOWN)
    return Named(agents[0], salt, mixed)


def unit_of(written: str) -> RateUnit | None:
    """The unit of a rate, as `µg/kg/min`, `mcg/kg/minute`, `units/hour` or `UI/h`; None for any other."""
    text = plain_capitals(written).replace(" PER ", "/").replace("Γ", "GAMMA")
    parts = (part.strip(" .").replace(".MIN-1", "") for part in text.split("/"))
    return UNITS.get(tuple(_part(part) for part in parts))


def _part(part: str) -> str:
    if part in MASSES:
        return MASSES[part]
    for words, name in ((ACTIVITIES, "U"), (MINUTES, "MIN"), (HOURS, "H")):
        if part in words:
            return name
    return part
