"""A report's next version, after corrections of open records in every state and of a sealed one in one state."""

from datetime import timedelta
from typing import Any

from accounts.services import system_user
from immunology.services import judge_every_trial
from product.models import DispensedDose
from product.services import void_dispensed_dose
from reports.models import BoardReport
from reports.services.correcting import create_corrected_report
from tests.factories import unsealed
from tests.full_fixture import ACTIVE
from tests.house.blind.cast.base import CLOSED_WORD, NOW, SYSTEM, Cast
from tests.house.blind.cast.board import make
from trials.services import correct_participant


def corrections(cast: Cast) -> None:
    """An age was misread; and the first dose was not given, if it was cells. The report is made anew."""
    by = {"by": system_user(), **SYSTEM}
    correct_participant(participant=cast.everything.participant, changes={"age_years": 67}, **by)
    if cast.everything.arm_code == ACTIVE:
        _take_back_the_dose(cast)
    judge_every_trial(at=SYSTEM["at"])
    report = BoardReport.objects.get(pk=cast.everything.rows["reports.boardreport"])
    asked: dict[str, Any] = {"by": cast.users["unblinded_statistician"], "reason": "An age was misread."}
    corrected = create_corrected_report(report=report, at=NOW - timedelta(minutes=1), **asked)
    make(corrected)
    cast.add_extra(corrected)


def _take_back_the_dose(cast: Cast) -> None:
    """Known when the report was made, and so a change that its closed document tells."""
    with unsealed(cast.everything.trial):
        dose = DispensedDose.objects.filter(participant=cast.everything.participant).earliest("pk")
    told = {"at": SYSTEM["at"], "reason": f"{CLOSED_WORD}: the bag went back, {cast.feared}."}
    void_dispensed_dose(dose=dose, by=system_user(), **told)
