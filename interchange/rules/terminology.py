"""Words that SDTM fixes (CDISC controlled terminology, SDTMIG 3.4).

Compared in capitals; not extensible unless said.
"""

from events.choices import ActionTaken, Outcome, Severity

YES_NO = ("Y", "N")  # C66742, of which SDTM flags use these two
SEVERITIES = tuple(Severity.values)  # C66769
ACTIONS = tuple(ActionTaken.values)  # C66767
OUTCOMES = tuple(Outcome.values)  # C66768
SEXES = ("F", "M", "U", "UNDIFFERENTIATED", "INTERSEX")  # C66731

SCREEN_FAILURE_ARMS = frozenset(
    {"SCRNFAIL", "SCREEN FAILURE"}
)  # DM.ARMCD / ARM (SDTMIG before 3.4), DM.ARMNRS since
NO_ARMS = frozenset(
    {
        "",
        "NOTASSGN",
        "NOT ASSIGNED",
        "NOTTRT",
        "NOT TREATED",
        "ASSIGNED, NOT TREATED",
        "UNPLAN",
        "UNPLANNED TREATMENT",
        "BLINDED",
    }
)  # DM.ARMCD, ARM, ACTARMCD, ACTARM: any of them occurs in any of the four (SDTMIG 3.1.2 to 3.4)

RANDOMISED = frozenset({"RANDOMIZED", "RANDOMISED"})  # DS.DSDECOD, protocol milestone
SCREEN_FAILURE = "SCREEN FAILURE"
COMPLETED = "COMPLETED"
DEATH = "DEATH"
ONGOING = "ONGOING"  # C66728: relation to a reference period or time point (--ENRF, --ENRTPT)
AFTER = frozenset({"AFTER", "DURING/AFTER"})  # it ended, or will end, after the period
RELATIONS = frozenset({"", "BEFORE", "DURING", "COINCIDENT", "U", "UNKNOWN", ONGOING}) | AFTER
DISPOSITION_EVENT = "DISPOSITION EVENT"  # DS.DSCAT
STUDY_TREATMENT = "STUDY TREATMENT"  # DS.DSSCAT: left the treatment, not the study

# ICH E2A II.B criteria by SDTM variable. AESCAN, AESOD and AESINTV are not among them (SDTMIG 3.4 AE assumption 7).
SERIOUSNESS_CRITERIA = {
    "AESDTH": "results_in_death",
    "AESLIFE": "life_threatening",
    "AESHOSP": "hospitalisation",
    "AESDISAB": "disability",
    "AESCONG": "congenital_anomaly",
    "AESMIE": "medically_important",
}
NOT_DONE = "NOT DONE"  # --STAT
