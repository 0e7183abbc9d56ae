"""Web hooks: addresses that are told that something changed, and the log of what was tried."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit.models import AuditedModel
from trials.models import Trial


class WebHook(AuditedModel):
    """An address that gets the ids of what changed in a trial, in commit order, as its owner may see it.

    `position` is the last change that the address has taken: what was not taken is sent again, so nothing is lost.
    """

    trail_leaves_out = ("position", "failures", "next_try_at")

    trial = models.ForeignKey(
        Trial, on_delete=models.PROTECT, related_name="web_hooks", verbose_name=_("trial")
    )
    url = models.CharField(_("address"), max_length=500)
    owner = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="web_hooks", verbose_name=_("in whose name")
    )
    is_on = models.BooleanField(_("on"), default=True)
    position = models.BigIntegerField(_("last change taken"), null=True, blank=True, editable=False)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0, editable=False)
    next_try_at = models.DateTimeField(_("next try at"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("web hook")
        verbose_name_plural = _("web hooks")
        constraints = [
            models.UniqueConstraint(
                fields=["trial", "url"],
                condition=Q(is_on=True),
                name="pv_webhook_address_once",
                violation_error_message=_("Address: the trial tells it already."),
            ),
        ]

    def __str__(self) -> str:
        return self.url


class HookDelivery(models.Model):
    """One try: what was sent is known by its first and last change, what came back by its status. No content.

    Not in the trail: a log of its own that is never read as a fact of the trial.
    """

    hook = models.ForeignKey(
        WebHook, on_delete=models.PROTECT, related_name="deliveries", verbose_name=_("web hook")
    )
    tried_at = models.DateTimeField(_("tried at"))
    changes = models.PositiveIntegerField(_("changes"))
    last_position = models.BigIntegerField(_("last change"))
    status = models.PositiveSmallIntegerField(_("status"), null=True, blank=True)
    error = models.CharField(_("error"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("delivery of a web hook")
        verbose_name_plural = _("deliveries of web hooks")
        indexes = [models.Index(fields=["hook", "-id"], name="pv_hookdelivery_latest")]

    def __str__(self) -> str:
        return f"{self.hook_id} · {self.last_position}"
