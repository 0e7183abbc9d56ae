import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('trials', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='DataQuery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recorded_at', models.DateTimeField(editable=False, verbose_name='recorded at')),
                ('changed_at', models.DateTimeField(editable=False, verbose_name='changed at')),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                ('subject', models.CharField(max_length=80, verbose_name='kind of record')),
                ('subject_id', models.BigIntegerField(verbose_name='record')),
                ('subject_version', models.PositiveIntegerField(verbose_name='version of the record when it was asked')),
                ('field_name', models.CharField(blank=True, max_length=80, verbose_name='field')),
                ('value_at_raising', models.JSONField(blank=True, null=True, verbose_name='value when it was asked')),
                ('text', models.TextField(max_length=1000, verbose_name='question')),
                ('origin', models.CharField(choices=[('person', 'A person'), ('rule', 'A rule')], max_length=10, verbose_name='raised by')),
                ('raised_at', models.DateTimeField(verbose_name='asked at')),
                ('rule_code', models.CharField(blank=True, max_length=80, verbose_name='rule')),
                ('rule_version', models.CharField(blank=True, max_length=40, verbose_name='version of the rule')),
                ('template', models.TextField(blank=True, editable=False, verbose_name='sentence of the rule')),
                ('params', models.JSONField(blank=True, default=dict, editable=False, verbose_name='values in the sentence')),
                ('finding_stands', models.BooleanField(default=False, editable=False, verbose_name='the rule still sees it')),
                ('state', models.CharField(choices=[('open', 'Open'), ('answered', 'Answered'), ('closed', 'Closed'), ('cancelled', 'Cancelled')], default='open', max_length=10, verbose_name='state')),
                ('state_since', models.DateTimeField(verbose_name='in this state since')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='closed at')),
                ('participant', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='data_queries', to='trials.participant', verbose_name='participant')),
                ('raised_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='asked by')),
                ('site', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='data_queries', to='trials.site', verbose_name='site')),
                ('trial', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='data_queries', to='trials.trial', verbose_name='trial')),
            ],
            options={
                'verbose_name': 'data query',
                'verbose_name_plural': 'data queries',
                'indexes': [models.Index(fields=['trial', 'changed_at'], name='data_management_query_changed'), models.Index(fields=['subject', 'subject_id'], name='data_management_query_subject'), models.Index(condition=models.Q(('state__in', ['open', 'answered'])), fields=['trial', 'site', 'state'], name='data_management_query_standing')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('finding_stands', True)), fields=('subject', 'subject_id', 'rule_code'), name='data_management_query_once_per_finding', violation_error_message='Query: the rule has asked about this already.'), models.CheckConstraint(condition=models.Q(models.Q(('origin', 'rule'), models.Q(('rule_code', ''), _negated=True), models.Q(('rule_version', ''), _negated=True)), models.Q(('finding_stands', False), ('origin', 'person'), ('rule_code', ''), ('rule_version', '')), _connector='OR'), name='data_management_query_rule_named', violation_error_message='Query: a rule that asks has a code and a version; a person has none.'), models.CheckConstraint(condition=models.Q(models.Q(('closed_at', None), ('state__in', ['open', 'answered'])), models.Q(('closed_at__isnull', False), ('state__in', ['closed', 'cancelled'])), _connector='OR'), name='data_management_query_closed_at', violation_error_message='Query: it has a moment of closing when it is closed, and only then.')],
            },
        ),
        migrations.CreateModel(
            name='ListExport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('list_table', models.CharField(max_length=63, verbose_name='list')),
                ('format', models.CharField(choices=[('csv', 'CSV'), ('xlsx', 'XLSX')], max_length=4, verbose_name='format')),
                ('filters', models.JSONField(blank=True, default=dict, verbose_name='filters')),
                ('columns', models.JSONField(default=list, verbose_name='columns')),
                ('rows', models.PositiveIntegerField(verbose_name='rows')),
                ('exported_at', models.DateTimeField(verbose_name='when')),
                ('exported_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who')),
                ('trial', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='list_exports', to='trials.trial', verbose_name='trial')),
            ],
            options={
                'verbose_name': 'exported list',
                'verbose_name_plural': 'exported lists',
                'indexes': [models.Index(fields=['trial', 'id'], name='data_management_export_trial')],
            },
        ),
        migrations.CreateModel(
            name='QueryMessage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('act', models.CharField(choices=[('raise', 'Asked'), ('answer', 'Answered'), ('ask_again', 'Asked again'), ('close', 'Closed'), ('cancel', 'Cancelled'), ('resolve', 'Resolved by the data')], max_length=10, verbose_name='what')),
                ('text', models.TextField(blank=True, max_length=1000, verbose_name='text')),
                ('said_at', models.DateTimeField(verbose_name='when')),
                ('subject_version', models.PositiveIntegerField(verbose_name='version of the record')),
                ('query', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='data_management.dataquery', verbose_name='data query')),
                ('said_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who')),
                ('trial', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='trials.trial', verbose_name='trial')),
            ],
            options={
                'verbose_name': 'message of a query',
                'verbose_name_plural': 'messages of queries',
                'indexes': [models.Index(fields=['query', 'id'], name='data_management_message_query')],
            },
        ),
        migrations.CreateModel(
            name='SavedView',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recorded_at', models.DateTimeField(editable=False, verbose_name='recorded at')),
                ('changed_at', models.DateTimeField(editable=False, verbose_name='changed at')),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                ('list_table', models.CharField(max_length=63, verbose_name='list')),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('query_string', models.CharField(blank=True, max_length=1000, verbose_name='filters')),
                ('removed_at', models.DateTimeField(blank=True, null=True, verbose_name='removed at')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='saved_views', to=settings.AUTH_USER_MODEL, verbose_name='owner')),
            ],
            options={
                'verbose_name': 'saved view',
                'verbose_name_plural': 'saved views',
                'constraints': [models.UniqueConstraint(condition=models.Q(('removed_at', None)), fields=('owner', 'list_table', 'name'), name='data_management_view_name_once', violation_error_message='Name: you have a view of this name on this list; give another one.')],
            },
        ),
        migrations.CreateModel(
            name='SourceVerification',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recorded_at', models.DateTimeField(editable=False, verbose_name='recorded at')),
                ('changed_at', models.DateTimeField(editable=False, verbose_name='changed at')),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                ('subject', models.CharField(max_length=80, verbose_name='kind of record')),
                ('subject_id', models.BigIntegerField(verbose_name='record')),
                ('subject_version', models.PositiveIntegerField(verbose_name='version that was verified')),
                ('verified_at', models.DateTimeField(verbose_name='verified at')),
                ('remark', models.CharField(blank=True, max_length=300, verbose_name='remark')),
                ('taken_back_at', models.DateTimeField(blank=True, null=True, verbose_name='taken back at')),
                ('taken_back_because', models.CharField(blank=True, max_length=300, verbose_name='why taken back')),
                ('participant', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='source_verifications', to='trials.participant', verbose_name='participant')),
                ('site', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='source_verifications', to='trials.site', verbose_name='site')),
                ('trial', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='source_verifications', to='trials.trial', verbose_name='trial')),
                ('verified_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='verified by')),
            ],
            options={
                'verbose_name': 'source-data verification',
                'verbose_name_plural': 'source-data verifications',
                'indexes': [models.Index(fields=['subject', 'subject_id'], name='data_management_sdv_subject')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('taken_back_at', None)), fields=('subject', 'subject_id', 'subject_version'), name='data_management_sdv_once', violation_error_message='Verification: this version is marked as verified already.'), models.CheckConstraint(condition=models.Q(models.Q(('taken_back_at', None), ('taken_back_because', '')), models.Q(('taken_back_at__isnull', False), models.Q(('taken_back_because', ''), _negated=True)), _connector='OR'), name='data_management_sdv_taken_back_whole', violation_error_message='Why taken back: needed when a mark is taken back, and only then.')],
            },
        ),
    ]
