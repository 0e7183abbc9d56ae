"""Which words name an arm in a published text, in English and French, and which only look like it."""

import pytest

from dsmb.rules.open_text import arm_named_in
from trials.rules.protocol import Arm

STROMA = (
    Arm("UC_MSC", "Umbilical-cord mesenchymal stromal cells", is_control=False, is_investigational=True),
    Arm("PLACEBO", "Placebo", is_control=True, is_investigational=False),
)
PILOT = (
    Arm("Pbo", "Placebo", is_control=True, is_investigational=False),
    Arm("Xan_Hi", "Xanomeline High Dose", is_control=False, is_investigational=True),
    Arm("Xan_Lo", "Xanomeline Low Dose", is_control=False, is_investigational=True),
)

NAMING = (
    ("More deaths in arm A than in arm B.", "arm A"),
    ("Group  “B” did worse", "Group “B"),
    ("Groupe A +", "Groupe A"),
    ("Watch the A arm.", "A arm"),
    ("A arm fared worse", "A arm"),
    ("A-arm deaths", "A-arm"),
    ("deaths in the A group", "A group"),
    ("B patients need watching", "B patients"),
    ("patients B", "patients B"),
    ("arm b has more arrests", "arm b"),
    ("arm 2 has more arrests", "arm 2"),
    ("A vs B: no difference", "A vs B"),
    ("A versus B", "A versus B"),
    ("3 deaths A v. B 1", "A v. B"),
    ("mortality A > B", "A > B"),
    ("A/B", "A/B"),
    ("the difference between A and B", "between A and B"),
    ("more arrests in A than in B", "in A"),
    ("Deaths: A 3, B: 1", "B: 1"),
    ("the placebo group", "placebo group"),
    ("Placebo patients did better", "Placebo patients"),
    ("patients on placebo did better", "on placebo"),
    ("placebo-treated participants", "placebo-treated participants"),
    ("UC-MSC patients", "UC-MSC patients"),
    ("the UC MSC arm", "UC MSC arm"),
    ("MSC recipients", "MSC recipients"),
    ("mesenchymal stromal cell arm", "cell arm"),
    ("those who received UC-MSCs", "received UC-MSCs"),
    ("UC-MSC vs placebo", "UC-MSC vs placebo"),
    ("the treated arm", "treated arm"),
    ("the active arm", "active arm"),
    ("control group", "control group"),
    ("the control patients", "control patients"),
    ("the experimental group", "experimental group"),
    ("the treatment arm", "the treatment arm"),
    ("more deaths in arm-A", "arm-A"),
    ("Arm one had more events", "Arm one"),
    ("arm II", "arm II"),
    ("group 1 did worse than group 2", "group 1 did worse than group 2"),
    ("A's mortality was higher", "A's"),
    ("B had 3 deaths", "B had"),
    ("A and B differ", "A and B"),
    ("the A-B difference", "A-B"),
    ("3 deaths (A) and 1 (B)", "3 deaths (A)"),
    ("those assigned to B", "assigned to B"),
    ("randomised to UC-MSC", "randomised to UC-MSC"),
    ("allocated to placebo", "allocated to placebo"),
    ("MSC-treated", "MSC-treated"),
    ("those who received cells did worse", "received cells"),
    ("controls fared better", "controls fared"),
    ("more antibodies than in the controls", "than in the controls"),
    ("the sham group", "sham group"),
    ("saline recipients", "saline recipients"),
    ("patients alloués au placebo", "alloués au placebo"),
    ("le bras A", "bras A"),
    ("traitement B", "traitement B"),
    ("les patients du bras B", "bras B"),
    ("A contre B", "A contre B"),
    ("entre A et B", "entre A et B"),
    ("plus de décès dans A que dans B", "dans A"),
    ("le groupe placebo", "groupe placebo"),
    ("le groupe témoin", "groupe témoin"),
    ("le bras traité", "bras traité"),
    ("le bras actif", "bras actif"),
    ("le groupe contrôle", "groupe contrôle"),
    ("les patients sous placebo", "sous placebo"),
    ("les participants ayant reçu le placebo", "reçu le placebo"),
    ("les patients placebo", "patients placebo"),
    ("le bras cellules", "bras cellules"),
    ("le bras de traitement", "le bras de traitement"),
)
NOT_NAMING = (
    "No safety concern.",
    "Treatment a day later",
    "each arm, and a second look",
    "both arms were compared; no arm is named",
    "by treatment arm, in each treatment group",
    "all treated participants",
    "1 of 21 treated patients",
    "Hepatitis A and B were excluded",
    "Influenza B had been found",
    "Appendices A and B",
    "Sites A and B",
    "quality controls were repeated",
    "a group of two, and a second group",
    "WHO group 1 pulmonary hypertension",
    "red cells were given",
    "A board member had asked",
    "randomised to one of both arms",
    "arm pain",
    "pain in the left arm",
    "le bras d'une participante",
    "douleur du bras gauche",
    "le bras a été refroidi",
    "type A hepatitis",
    "hepatitis B vs C",
    "hepatitis A vs B",
    "hépatite B",
    "hepatitis B patients",
    "vitamin A",
    "vitamins A and B",
    "influenza A and B",
    "influenza A patients",
    "blood group A",
    "groupe sanguin A",
    "group A streptococcus",
    "streptocoque du groupe A",
    "amphotericin B group",
    "HLA-A and HLA-B",
    "HLA A/B typing",
    "IgA 3 g/l",
    "B cells and T cells",
    "lymphocytes B",
    "A patient died on day 3.",
    "A participant of site 05 fell. A group of visitors saw it.",
    "A treatment pause of two weeks is advised.",
    "appendix A: 3 pages",
    "Child-Pugh B patients",
    "the placebo-controlled trial goes on",
    "a trial of cells; the UC-MSC batch was released",
    "placebo infusions look alike",
    "infection control group",
    "the cell-therapy unit",
    "the working group met",
    "le groupe de travail",
    "le contrôle de l'infection",
    "Report deaths weekly; send the D28 sera.",
    "A. The board met. B. It agreed.",
    "Reviewed in 2020 by Dr A. Kern",
    "CT vs MRI",
    "the control of blood pressure",
)


@pytest.mark.parametrize(("text", "found"), NAMING)
def test_an_arm_that_is_named_is_found(text: str, found: str) -> None:
    assert arm_named_in(text, arms=STROMA) == found


@pytest.mark.parametrize("text", NOT_NAMING)
def test_what_only_looks_like_an_arm_passes(text: str) -> None:
    assert arm_named_in(text, arms=STROMA) == ""


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Xan_Hi participants", "Xan_Hi participants"),
        ("the xanomeline group", "xanomeline group"),
        ("the high-dose arm", "high-dose arm"),
        ("le groupe forte dose", "groupe forte dose"),
        ("arm C", "arm C"),
        ("Pbo vs Xan Hi", "Pbo vs Xan Hi"),
        ("xanomeline is the trial's product", ""),
    ],
)
def test_names_are_those_of_the_protocol(text: str, found: str) -> None:
    assert arm_named_in(text, arms=PILOT) == found


def test_arm_without_a_third_arm_is_no_arm() -> None:
    assert arm_named_in("arm C", arms=STROMA) == ""
