"""The times of an interruption, in words; unknown times are named as unknown."""

from django.utils.translation import gettext as _

from trials.models import Infusion
from webkit.admin.display import clock, moment


def interruption_words(infusion: Infusion) -> str:
    """`interrupted 10:20 to 10:35`; empty for an infusion that was not interrupted."""
    if not infusion.interrupted:
        return ""
    began, over = infusion.interrupted_at, infusion.resumed_at
    if began and over:
        return _("interrupted %(start)s to %(end)s") % {"start": moment(began), "end": clock(over)}
    if began:
        return _("interrupted from %(start)s, to when is not recorded") % {"start": moment(began)}
    if over:
        return _("interrupted to %(end)s, from when is not recorded") % {"end": moment(over)}
    return _("interrupted, from when to when is not recorded")
