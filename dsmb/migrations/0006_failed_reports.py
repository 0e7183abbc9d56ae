

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('dsmb', '0005_one_list_of_recommendations'),
        ('trials', '0005_kit_numbers_once'),
    ]

    operations = [
        migrations.AddField(
            model_name='boardreport',
            name='failed_step',
            field=models.CharField(blank=True, choices=[('freezing', 'the data could not be frozen'), ('documents', 'the documents could not be made of the frozen data'), ('worker', 'the worker stopped each time before the report was ready')], max_length=10, verbose_name='what could not be done'),
        ),
        migrations.AddField(
            model_name='boardreport',
            name='fault',
            field=models.CharField(blank=True, help_text='The kind of the fault in the program; it holds no data of the trial.', max_length=80, verbose_name='fault'),
        ),
        migrations.AddField(
            model_name='boardreport',
            name='tries',
            field=models.PositiveIntegerField(default=0, editable=False, help_text='Attempts since a person last had the report made again.'),
        ),
        migrations.AlterField(
            model_name='boardreport',
            name='state',
            field=models.CharField(choices=[('owed', 'To be made'), ('frozen', 'Data frozen, being made'), ('ready', 'Ready'), ('failed', 'Could not be made')], default='owed', max_length=10, verbose_name='state'),
        ),
        migrations.AddConstraint(
            model_name='boardreport',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'failed'), models.Q(('failed_step', ''), _negated=True)), models.Q(models.Q(('state', 'failed'), _negated=True), ('failed_step', ''), ('fault', '')), _connector='OR'), name='reports_boardreport_failed_whole', violation_error_message='State: a report that could not be made says what could not be done.'),
        ),
    ]
