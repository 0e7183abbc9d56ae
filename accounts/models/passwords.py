"""Wrong passwords."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.choices import PasswordUse
from accounts.models.people import User


class ClockTimestamp(models.Func):
    """The database's clock at the time of the call, not at the beginning of the transaction."""

    function = "clock_timestamp"
    template = "%(function)s()"
    output_field = models.DateTimeField()


class WrongPassword(models.Model):
    """One wrong password, counted by account, device, session and address. The typed text is not stored.

    `source` is the device (signing in where the person did before), the session (a repeated password), or the account
    that sends the request (a second person); empty for an unknown device. `name_key` is a keyed digest of the user name
    as typed, because people sometimes type a password into that field.
    """

    at = models.DateTimeField(_("moment"), db_default=ClockTimestamp())
    use = models.CharField(_("typed for"), max_length=10, choices=PasswordUse)
    user = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="wrong_passwords", verbose_name=_("account")
    )
    name_key = models.CharField(max_length=64)
    address = models.CharField(_("address"), max_length=50, blank=True)
    source = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("wrong password")
        verbose_name_plural = _("wrong passwords")
        indexes = [
            models.Index(fields=["name_key", "at"], name="accounts_wrong_name"),
            models.Index(fields=["address", "at"], name="accounts_wrong_address"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} · {self.use}"
