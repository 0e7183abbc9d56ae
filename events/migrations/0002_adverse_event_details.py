"""Ongoing and worsening of an adverse event, and the navigational notes of CTCAE."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("events", "0001_initial")]

    operations = [
        migrations.AddField(
            "ctcaeterm", "note", models.TextField(blank=True, default="", verbose_name="navigational note"), False
        ),
        migrations.AddField(
            "adverseevent", "ongoing", models.BooleanField(blank=True, null=True, verbose_name="ongoing")
        ),
        migrations.AddField(
            "adverseevent",
            "worsened",
            models.CharField(
                blank=True,
                default="",
                help_text="When an earlier complaint became worse, as exactly as known; empty if it did not.",
                max_length=32,
                verbose_name="worsened",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            "adverseevent", "worsened_earliest_at", models.DateTimeField(blank=True, editable=False, null=True)
        ),
        migrations.AddField(
            "adverseevent", "worsened_latest_at", models.DateTimeField(blank=True, editable=False, null=True)
        ),
        migrations.AddConstraint(
            "adverseevent",
            models.CheckConstraint(
                condition=Q(worsened="", worsened_earliest_at=None, worsened_latest_at=None)
                | (
                    ~Q(worsened="")
                    & Q(worsened_earliest_at__isnull=False, worsened_latest_at__isnull=False)
                ),
                name="events_adverseevent_worsened_derived",
                violation_error_message="Worsened: give the date as exactly as it is known.",
            ),
        ),
    ]
