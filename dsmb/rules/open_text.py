"""Words that may not occur in a text that leaves the closed session. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from trials.rules.protocol import Arm

FEWEST_ARMS = 2
SHORTEST_PART = 3
"""Letters that a part of an arm's code needs to be a name of its own: of UC_MSC it is MSC, not UC."""
SHORTEST_WORD = 9
"""Letters that a word of an arm's label needs to be a name of its own: mesenchymal, Xanomeline."""

GROUP = r"(?:arms?|groups?|bras|groupes?|cohorts?|cohortes?)"
NUMBERS = r"(?:[12]|one|two|I{1,2}|un|deux)"
PEOPLE = (
    r"(?:patients?|patientes?|participants?|participantes?|recipients?|receveurs?|subjects?|sujets?|malades?)"
)
COURSE = r"(?:treatments?|traitements?)"
QUOTE = r"[«\"'“]?\s*"
END_QUOTE = r"\s*[»\"'”]?"
VERSUS = r"(?:vs?\.?|versus|contre|against|compared (?:with|to)|compare[es]* (?:a|avec)|than|que|[<>=≥≤/])"
GIVEN_TO = (
    r"(?:(?:allocated|assigned|randomi[sz]ed|alloue[es]*|attribue[es]*|randomise[es]*)\s+(?:to|a|au|dans))"
)
DOES = r"(?:had|has|have|did|does|fared|shows?|showed|was|were|died|avait|avaient|ont)"
ON = r"(?:on|under|sous|received|receiving|given|recevant|recue?s?|than with|than on|que sous|que avec)"
KIND = (
    r"(?:placebo|controls?|active|treated|untreated|intervention(?:al)?|experimental|investigational|verum|"
    r"cells?|cell[- ]therapy|(?:high|low)[- ]dose|controle|temoins?|(?:non )?traitee?s?|actif|"
    r"interventionnel|cellules|(?:forte|faible) dose|standard[- ]of[- ]care|soins courants|sham|dummy|saline)"
)
"""Other names of an arm, in English and French, without accents."""

NO_ARM_BEFORE = (
    r"hepatitis|hepatite|influenza|flu|grippe|vitamine?s?|types?|ha?emophilia|hemophilie|ig|hla|immunoglobulins?|"
    r"appendix|appendices|annexe?s?|sections?|parts?|parties?|tables?|tableaux?|figures?|sites?|wards?|services?|units?|"
    r"unites?|options?|plans?|class|"
    r"classe|blood|blood group|sanguin|child(?:-pugh)?|category|categorie|grade|factor|facteur|proteine?|lipid|"
    r"amphotericin|polymyxin|c[iy]closporine?|question|item|step|box|model|version|strep\w*(?: du groupe)?"
)
"""Words that give the letter after them another meaning: hepatitis B, vitamin A, blood group A, amphotericin B."""
NO_LIST_BEFORE = rf"(?:{NO_ARM_BEFORE})(?:[\s-]+[a-z]\s*(?:,|\band\b|\bet\b|\bor\b|\bou\b))+"
"""The same with further letters between: hepatitis A and B."""
NO_GROUP_BEFORE = r"blood|strep\w* du|(?:each|every|per|by|either|any|which|no|both|chaque|par)"
NO_KIND_BEFORE = (
    r"infection|quality|positive|negative|birth|glucose|glyca?emic|source|damage|rate|rhythm|"
    r"red|white|blood|t|b"
)
NO_ARM_AFTER = r"(?!['’&+/-]?\w|\s*[-–]?\s*(?:strep|beta|rotavirus|cells?\b|lymphocyt|symptom))"


@dataclass(frozen=True)
class Naming:
    """A pattern that names an arm, and the words before it that give it another meaning."""

    pattern: re.Pattern[str]
    not_after: re.Pattern[str] | None = None

    def first_in(self, plain: str) -> re.Match[str] | None:
        """The first match that names an arm."""
        found = self.pattern.finditer(plain)
        return next((match for match in found if not self._is_other(plain[: match.start()])), None)

    def _is_other(self, before: str) -> bool:
        return self.not_after is not None and self.not_after.search(before) is not None


def arm_named_in(text: str, *, arms: Iterable[Arm]) -> str:
    """The first place where the text names one of the arms, as written there; empty when none does.

    An arm is named by its letter (`arm A`, `the A arm`, `A vs B`, `bras A`), or by its code, label or kind next to a
    word for its participants (`placebo group`, `UC-MSC patients`, `patients sous placebo`, `bras traité`). The trial's
    product alone is no arm; neither are `both arms` or `all treated participants`.

    It detects slips, not intent: the chair still reads the text before it is sent.
    """
    plain = _without_accents(text)
    found = (match for naming in _namings(tuple(arms)) if (match := naming.first_in(plain)))
    first = min(found, key=lambda match: match.start(), default=None)
    return " ".join(text[first.start() : first.end()].split()) if first else ""


@lru_cache(maxsize=32)
def _namings(arms: tuple[Arm, ...]) -> tuple[Naming, ...]:
    letters = "".join(chr(ord("A") + index) for index in range(max(len(arms), FEWEST_ARMS)))
    names = "|".join(sorted(_names(arms), key=len, reverse=True))
    return (*_by_letter(letters), *_by_name(f"(?:{names})"))


def _by_letter(letters: str) -> Iterator[Naming]:
    """Coded arms. The letter is a capital: a small `a` is an article, or a verb in French."""
    letter = rf"[{letters}]{NO_ARM_AFTER}"
    any_case = rf"[{letters}{letters[1:].lower()}]{NO_ARM_AFTER}"
    alone = rf"(?<![\w'’-])[{letters}]"
    inside = rf"(?:(?<![\w'’-])[{letters[1:]}]|(?<=[\w,;:(]\s)A)"
    yield _naming(rf"\b(?i:{GROUP})[\s-]+{QUOTE}{any_case}", NO_GROUP_BEFORE)
    yield _naming(rf"\b(?i:arms?|bras)\s+{QUOTE}(?i:{NUMBERS})\b(?!\s*[.,:/%]?\d|\s*%)")
    yield _naming(rf"\b(?i:{GROUP})\s+(?i:{NUMBERS})\b[^.;]{{0,60}}\b(?i:{GROUP})\s+(?i:{NUMBERS})\b")
    yield _naming(rf"{alone}(?:['’]s\b|\s+(?i:{DOES})\b)", f"{NO_ARM_BEFORE}|{NO_LIST_BEFORE}")
    yield _naming(rf"{alone}{END_QUOTE}\s*(?:[-–−]|(?i:\band\b|\bet\b))\s*{QUOTE}{letter}", NO_ARM_BEFORE)
    yield _naming(rf"\d[^.;()]{{0,20}}\({letter}\)")
    yield _naming(rf"\b(?i:{GIVEN_TO})\s+{letter}")
    yield _naming(rf"\b(?i:arms?|bras)\s+{QUOTE}[1-{len(letters)}]\b(?!\s*[.,:/%]?\d|\s*%)")
    yield _naming(rf"\b(?i:{COURSE}|{PEOPLE})\s+{QUOTE}{letter}")
    yield _naming(rf"{alone}{END_QUOTE}[-\s]+(?i:arms?)\b", NO_ARM_BEFORE)
    yield _naming(rf"{inside}{END_QUOTE}[-\s]+(?i:groups?|{COURSE}|{PEOPLE})\b", NO_ARM_BEFORE)
    yield _naming(rf"{alone}{END_QUOTE}\s*(?i:{VERSUS})\s*(?:(?:in|on|en)\s+)?{QUOTE}{letter}", NO_ARM_BEFORE)
    yield _naming(rf"\b(?i:between|entre)\s+{QUOTE}[{letters}]{END_QUOTE}\s+(?i:and|et)\s+{QUOTE}{letter}")
    yield _naming(
        rf"\b(?i:in|on|with|under|than|dans|en|chez|sous)\s+{letter}(?=\s*(?:[,.;:()]|$|(?:than|que|and|et)\b))"
    )
    yield _naming(rf"{alone}\s*(?:[:=]|\(n\s*=)\s*\d", NO_ARM_BEFORE)


def _by_name(names: str) -> Iterator[Naming]:
    """Arms by their treatment. `treated participants` and `treatment groups` mean all participants, and pass."""
    yield _naming(rf"\b(?i:{names}|{KIND})(?:[- ]treated)?[-\s]+(?i:{GROUP})\b", NO_KIND_BEFORE)
    yield _naming(rf"\b(?i:{names})(?:[- ]treated)?[-\s]+(?i:{PEOPLE})\b")
    yield _naming(rf"\b(?i:{names})[- ]treated\b")
    yield _naming(
        rf"\b(?i:{GIVEN_TO})\s+(?:(?i:the|le|la|les)\s+)?(?i:{names}|controls?|sham|active|cells)\b"
    )
    yield _naming(r"\b(?i:received|given|recevant|recue?s?)\s+(?:(?i:the|les|des)\s+)?(?i:cells|cellules)\b")
    yield _naming(rf"\b(?i:controls|temoins)\s+(?i:{DOES})\b", NO_KIND_BEFORE)
    yield _naming(r"\b(?i:than|versus|vs\.?|que)\s+(?:(?i:the|in|les|chez)\s+)*(?i:controls|temoins)\b")
    yield _naming(rf"\b(?i:controls?|cell|sham|saline)[-\s](?:treated[-\s]+)?(?i:{PEOPLE})\b", NO_KIND_BEFORE)
    yield _naming(rf"\b(?i:bras|groupes?|cohortes?)\s+{QUOTE}(?i:{names}|{KIND})\b")
    yield _naming(rf"\b(?i:{PEOPLE})\s+{QUOTE}(?i:{names})\b")
    articles = r"(?:(?:the|du|le|la|les|des|de)\s+)?"
    yield _naming(rf"\b(?i:{ON})\s+{articles}(?i:{names})\b(?![-\s]+(?:contr|infusion|perfusion))")
    yield _naming(rf"\b(?i:{names})\s+(?i:{VERSUS})\s+(?i:{names}|controls?)\b(?!\s+(?:trial|study))")
    yield _naming(r"\b(?i:the\s+treatment[-\s](?:arm|group)|le\s+(?:bras|groupe)\s+(?:de\s+)?traitement)\b")


def _names(arms: Iterable[Arm]) -> Iterator[str]:
    """Every name of an arm as a pattern: code and label in any spacing, long parts of both, and the word placebo."""
    yield "placebos?"
    for arm in arms:
        yield from _parts(arm.code, SHORTEST_PART)
        yield from _parts(arm.label, SHORTEST_WORD)


def _parts(name: str, shortest: int) -> Iterator[str]:
    words = re.findall(r"\w+", _without_accents(name).replace("_", " "))
    if words:
        yield r"[-_\s]*".join(map(re.escape, words)) + "s?"
    yield from (re.escape(word) + "s?" for word in words if len(word) >= shortest)


def _naming(pattern: str, not_after: str = "") -> Naming:
    before = re.compile(rf"(?i)(?<!\w)(?:{not_after})[\s-]+$") if not_after else None
    return Naming(re.compile(pattern), before)


def _without_accents(text: str) -> str:
    """The text without accents, character by character, so that positions in both are the same."""
    return "".join(unicodedata.normalize("NFD", sign)[:1] for sign in text)
