"""Messages to authorities: sealed pages of unblinded reporters. The file is downloaded here and nowhere else."""

from django import forms
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.choices import Action, ClearanceGround
from pharmacovigilance.admin.case_files import attachment
from pharmacovigilance.choices import MessageState
from pharmacovigilance.models import IcsrMessage
from pharmacovigilance.queries.messages import MessageStanding, standings
from pharmacovigilance.services import messages
from webkit.admin.display import moment
from webkit.admin.forms import NamedRefusals
from webkit.admin.requests import person_of
from webkit.admin.sealed import SealedAdmin
from webkit.admin.verbs import Verb

SHAPES = {
    MessageState.MADE: "due",
    MessageState.SENT: "soon",
    MessageState.ACKNOWLEDGED: "done",
    MessageState.REJECTED: "overdue",
}


class SendForm(NamedRefusals, forms.ModelForm[IcsrMessage]):
    late_reason = forms.CharField(label=_lazy("Why late"), max_length=1000, required=False)

    class Meta:
        model = IcsrMessage
        fields: tuple[str, ...] = ()

    def _post_clean(self) -> None:
        """A message never changes; the service adds a step at the desk."""


def message_sent(request: HttpRequest, message: IcsrMessage, form: SendForm) -> str:
    messages.record_message_sent(
        message=message, **form.cleaned_data, by=person_of(request), at=timezone.now()
    )
    return _("Kept: it was sent under its batch number.")


@admin.register(IcsrMessage)
class IcsrMessageAdmin(SealedAdmin):
    """What was made for an authority, with its state and the answer."""

    clearance_ground = ClearanceGround.EXPEDITED_REPORT
    view_action = Action.REPORT_UNBLINDED
    list_display = ("batch_number", "profile", "destination", "state_shown", "made_shown")
    list_select_related = ("obligation", "record__case")
    ordering = ("-id",)
    sortable_by = ()
    fields = readonly_fields = (
        "batch_number", "profile", "destination", "state_shown", "sent_shown", "answer_shown", "made_shown", "warnings",
        "content_sha256", "file",
    )  # fmt: skip
    verbs = (
        Verb("send", _lazy("Record that it was sent"), _lazy("Keep"), Action.REPORT_UNBLINDED, SendForm, message_sent,
             lambda message: _standing(message).state == MessageState.MADE),
    )  # fmt: skip

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.content_view)
        return [
            path("<int:pk>/content/", view, name="pharmacovigilance_icsrmessage_content"),
            *super().get_urls(),
        ]

    def content_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The message as it was made."""
        with self.opened(request):
            message = self.get_object(request, str(pk))
            if message is None or not self.has_view_permission(request, message):
                raise Http404
            return attachment(message.content.encode(), "application/xml", f"{message.batch_number}.xml")

    def name_of(self, obj: IcsrMessage) -> str:
        return obj.batch_number

    @admin.display(description=_lazy("Destination"))
    def destination(self, obj: IcsrMessage) -> str:
        return str(obj.obligation.get_destination_display())

    @admin.display(description=_lazy("State"))
    def state_shown(self, obj: IcsrMessage) -> str:
        state = _standing(obj).state
        return format_html('<span class="state state-{}">{}</span>', SHAPES[state], state.label)

    @admin.display(description=_lazy("Sent"))
    def sent_shown(self, obj: IcsrMessage) -> str:
        return moment(_standing(obj).sent_at)

    @admin.display(description=_lazy("Answer"))
    def answer_shown(self, obj: IcsrMessage) -> str:
        found = _standing(obj)
        return f"{found.acknowledgement} {found.answer}".strip() or "–"

    @admin.display(description=_lazy("Made at"))
    def made_shown(self, obj: IcsrMessage) -> str:
        return moment(obj.made_at)

    @admin.display(description=_lazy("File"))
    def file(self, _obj: IcsrMessage) -> str:
        return format_html('<a href="../content/">{}</a>', _("Download the message"))


def _standing(message: IcsrMessage) -> MessageStanding:
    return standings([message])[message.pk]
