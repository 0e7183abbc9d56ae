"""Whether an open report may show more than enrolment, beside the other open reports of its trial."""

from collections.abc import Iterator

from reports.choices import ReportState
from reports.models import BoardReport
from reports.rules.withholding import is_too_close
from trials.models import Participant
from trials.rules.protocol import Protocol


def is_close_to_another(report: BoardReport, *, enrolled: int, protocol: Protocol) -> bool:
    """Whether the open report is too close to a planned look or to an earlier open report.

    `enrolled` is the report's own number of participants. A planned look is close to none: the reports between the looks
    keep their distance from it. A corrected version is as close as the first one.
    """
    if (
        report.pk is None or report.look in protocol.looks
    ):  # not saved: a report of the board alone has no open one
        return False
    step = protocol.open_report.minimum_step
    return is_too_close(enrolled, _shown_before(_first_version(report), protocol), minimum_step=step)


def _shown_before(report: BoardReport, protocol: Protocol) -> list[int]:
    """The numbers of participants of the planned looks and of the earlier reports that show more than enrolment."""
    shown = list(protocol.looks)
    for enrolled in _earlier(report):
        if not is_too_close(enrolled, shown, minimum_step=protocol.open_report.minimum_step):
            shown.append(enrolled)
    return shown


def _earlier(report: BoardReport) -> Iterator[int]:
    """The number of participants of each earlier report that is no planned look, in the order of the reports."""
    rows = BoardReport.objects.filter(trial_id=report.trial_id, number__lt=report.number, corrects=None)
    for look, cutoff in (
        rows.filter(state=ReportState.READY).order_by("number").values_list("look", "data_cutoff_at")
    ):
        yield (
            look
            or Participant.objects.enrolled()
            .filter(trial_id=report.trial_id, enrolment_recorded_at__lte=cutoff)
            .count()
        )


def _first_version(report: BoardReport) -> BoardReport:
    while report.corrects is not None:
        report = report.corrects
    return report
