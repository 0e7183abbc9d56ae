import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('trials', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='ImportRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recorded_at', models.DateTimeField(editable=False, verbose_name='recorded at')),
                ('changed_at', models.DateTimeField(editable=False, verbose_name='changed at')),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                ('folder_name', models.CharField(max_length=200, verbose_name='folder')),
                ('folder_sha256', models.CharField(max_length=64)),
                ('summary', models.JSONField(verbose_name='summary')),
                ('imported_at', models.DateTimeField(verbose_name='imported at')),
                ('trial', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='import_runs', to='trials.trial', verbose_name='trial')),
            ],
            options={
                'verbose_name': 'import',
                'verbose_name_plural': 'imports',
            },
        ),
    ]
