import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('events', '0001_initial'),
        ('trials', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='HaemodynamicReading',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recorded_at', models.DateTimeField(editable=False, verbose_name='recorded at')),
                ('changed_at', models.DateTimeField(editable=False, verbose_name='changed at')),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                ('voided_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='voided at')),
                ('void_reason', models.TextField(blank=True, editable=False, verbose_name='reason for voiding')),
                ('taken_at', models.DateTimeField(verbose_name='taken at')),
                ('taken_precision', models.CharField(choices=[('minute', 'To the minute'), ('day', 'To the day')], default='minute', max_length=10)),
                ('timepoint', models.CharField(blank=True, max_length=60, verbose_name='time point')),
                ('heart_rate_bpm', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='heart rate (/min)')),
                ('sbp_mmhg', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='systolic pressure (mmHg)')),
                ('dbp_mmhg', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='diastolic pressure (mmHg)')),
                ('map_mmhg', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='mean pressure (mmHg)')),
                ('spo2_percent', models.DecimalField(blank=True, decimal_places=1, max_digits=4, null=True, verbose_name='SpO₂ (%)')),
                ('fio2_fraction', models.DecimalField(blank=True, decimal_places=3, max_digits=4, null=True, verbose_name='FiO₂ (fraction)')),
                ('peep_cmh2o', models.DecimalField(blank=True, decimal_places=1, max_digits=4, null=True, verbose_name='PEEP (cmH₂O)')),
                ('temperature_c', models.DecimalField(blank=True, decimal_places=1, max_digits=4, null=True, verbose_name='temperature (°C)')),
                ('respiratory_rate_min', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='respiratory rate (/min)')),
                ('respiratory_support', models.CharField(blank=True, choices=[('invasive', 'Invasive ventilation'), ('non_invasive', 'Non-invasive ventilation'), ('high_flow', 'High-flow nasal oxygen'), ('oxygen', 'Oxygen'), ('none', 'Room air')], max_length=15, verbose_name='respiratory support')),
                ('new_ventricular_arrhythmia', models.BooleanField(blank=True, null=True, verbose_name='new ventricular tachycardia, fibrillation or asystole')),
                ('cardioversion', models.BooleanField(blank=True, null=True, verbose_name='new arrhythmia that needed cardioversion')),
                ('cardiac_arrest', models.BooleanField(blank=True, null=True, verbose_name='cardiac arrest')),
                ('transfusion_type_reaction', models.BooleanField(blank=True, null=True, verbose_name='transfusion-type reaction (urticaria, wheezing)')),
                ('vasopressors_checked', models.BooleanField(blank=True, help_text='Yes with no rate below means: none was running.', null=True, verbose_name='vasopressors checked')),
                ('source', models.CharField(choices=[('entry', 'Entered'), ('import', 'Imported')], default='entry', editable=False, max_length=10)),
                ('source_key', models.CharField(blank=True, editable=False, max_length=80)),
                ('participant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='haemodynamic_readings', to='trials.participant', verbose_name='participant')),
                ('trial', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='haemodynamic_readings', to='trials.trial', verbose_name='trial')),
            ],
            options={
                'verbose_name': 'haemodynamic reading',
                'verbose_name_plural': 'haemodynamic readings',
                'indexes': [models.Index(fields=['participant', 'taken_at'], name='haemodynamics_reading_person'), models.Index(fields=['trial', '-taken_at', '-id'], name='haemodynamics_reading_latest')],
                'constraints': [models.UniqueConstraint(condition=models.Q(models.Q(('source_key', ''), _negated=True), ('voided_at', None)), fields=('participant', 'source_key'), name='haemodynamics_reading_source_once', violation_error_message='Source: this record was imported already.'), models.CheckConstraint(condition=models.Q(models.Q(('voided_at', None), ('void_reason', '')), models.Q(('voided_at__isnull', False), models.Q(('void_reason', ''), _negated=True)), _connector='OR'), name='haemodynamics_reading_void_reason', violation_error_message='Reason for voiding: needed when a record is voided, and only then.')],
            },
        ),
        migrations.CreateModel(
            name='VasopressorRate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recorded_at', models.DateTimeField(editable=False, verbose_name='recorded at')),
                ('changed_at', models.DateTimeField(editable=False, verbose_name='changed at')),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                ('agent', models.CharField(choices=[('norepinephrine', 'Norepinephrine'), ('epinephrine', 'Epinephrine'), ('phenylephrine', 'Phenylephrine'), ('dopamine', 'Dopamine'), ('vasopressin', 'Vasopressin')], max_length=20, verbose_name='agent')),
                ('rate', models.DecimalField(decimal_places=3, max_digits=8, verbose_name='rate')),
                ('unit', models.CharField(choices=[('ug/min', 'µg/min'), ('ug/kg/min', 'µg/kg/min'), ('mg/h', 'mg/h'), ('U/min', 'U/min'), ('U/h', 'U/h')], max_length=10, verbose_name='unit')),
                ('salt', models.CharField(choices=[('base', 'Base'), ('tartrate', 'Tartrate'), ('unknown', 'Unknown')], default='unknown', max_length=10, verbose_name='salt')),
                ('reading', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='vasopressors', to='haemodynamics.haemodynamicreading', verbose_name='reading')),
                ('trial', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='trials.trial')),
            ],
            options={
                'verbose_name': 'vasopressor rate',
                'verbose_name_plural': 'vasopressor rates',
                'constraints': [models.UniqueConstraint(fields=('reading', 'agent'), name='haemodynamics_vasopressorrate_agent_once', violation_error_message='Agent: one rate per agent and reading.'), models.CheckConstraint(condition=models.Q(('rate__gte', 0)), name='haemodynamics_vasopressorrate_not_negative', violation_error_message='Rate: not below 0.')],
            },
        ),
        migrations.CreateModel(
            name='HaemodynamicFinding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recorded_at', models.DateTimeField(editable=False, verbose_name='recorded at')),
                ('changed_at', models.DateTimeField(editable=False, verbose_name='changed at')),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                ('criterion', models.CharField(max_length=60, verbose_name='criterion')),
                ('state', models.CharField(choices=[('candidate', 'To be assessed'), ('confirmed', 'Confirmed'), ('refuted', 'Refuted'), ('withdrawn', 'Withdrawn: the readings no longer show it')], default='candidate', max_length=10, verbose_name='state')),
                ('first_hit_at', models.DateTimeField(verbose_name='first met at')),
                ('inputs', models.JSONField(default=dict, verbose_name='inputs')),
                ('rule_set', models.CharField(max_length=60, verbose_name='rule set')),
                ('decided_by', models.CharField(blank=True, max_length=150, verbose_name='decided by')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided at')),
                ('decision_reason', models.TextField(blank=True, verbose_name='reason for the decision')),
                ('adverse_event', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='events.adverseevent', verbose_name='adverse event')),
                ('infusion', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='haemodynamic_findings', to='trials.infusion', verbose_name='infusion')),
                ('participant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='haemodynamic_findings', to='trials.participant', verbose_name='participant')),
                ('trial', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='haemodynamic_findings', to='trials.trial', verbose_name='trial')),
            ],
            options={
                'verbose_name': 'haemodynamic finding',
                'verbose_name_plural': 'haemodynamic findings',
                'constraints': [models.UniqueConstraint(fields=('infusion', 'criterion'), name='haemodynamics_haemodynamicfinding_once', violation_error_message='Criterion: this infusion has a finding on it already.'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['confirmed', 'refuted']), _negated=True), models.Q(('decided_at__isnull', False), models.Q(('decided_by', ''), _negated=True), models.Q(('decision_reason', ''), _negated=True)), _connector='OR'), name='haemodynamics_haemodynamicfinding_decision_whole', violation_error_message='Decision: needs who, when and why.')],
            },
        ),
    ]
