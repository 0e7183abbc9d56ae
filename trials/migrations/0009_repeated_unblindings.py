from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):

    dependencies = [
        ("trials", "0008_source_remarks"),
    ]

    operations = [
        migrations.AddField(
            model_name="unblinding",
            name="repeat_told_at",
            field=models.DateTimeField(
                blank=True,
                help_text="Set when the asker had been shown another participant's arm shortly before.",
                null=True,
                verbose_name="two people told of a second arm at",
            ),
        ),
        migrations.AddConstraint(
            model_name="unblinding",
            constraint=models.CheckConstraint(
                condition=Q(("repeat_told_at", None)) | Q(("confirmed_at__isnull", False)),
                name="product_unblinding_repeat_told_after_confirmation",
                violation_error_message="Two people are told of a second arm after the confirmation.",
            ),
        ),
    ]
