import accounts.models
import django.contrib.auth.models
import django.contrib.auth.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('username', models.CharField(error_messages={'unique': 'A user with that username already exists.'}, help_text='Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.', max_length=150, unique=True, validators=[django.contrib.auth.validators.UnicodeUsernameValidator()], verbose_name='username')),
                ('first_name', models.CharField(blank=True, max_length=150, verbose_name='first name')),
                ('last_name', models.CharField(blank=True, max_length=150, verbose_name='last name')),
                ('is_staff', models.BooleanField(default=False, help_text='Designates whether the user can log into this admin site.', verbose_name='staff status')),
                ('is_active', models.BooleanField(default=True, help_text='Designates whether this user should be treated as active. Unselect this instead of deleting accounts.', verbose_name='active')),
                ('date_joined', models.DateTimeField(default=django.utils.timezone.now, verbose_name='date joined')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail address')),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'French')], default='en', max_length=5, verbose_name='language')),
                ('email_changed_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='e-mail address changed at')),
                ('link_sent_at', models.DateTimeField(blank=True, editable=False, help_text='When an administrator last had a one-time link sent.', null=True, verbose_name='link for a password sent at')),
                ('unlocked_at', models.DateTimeField(blank=True, editable=False, help_text='Wrong passwords before this moment do not count.', null=True, verbose_name='unlocked at')),
                ('email_changed_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='e-mail address changed by')),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            options={
                'verbose_name': 'user',
                'verbose_name_plural': 'users',
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(('is_superuser', False)), name='accounts_user_not_superuser', violation_error_message='Superuser: no account may bypass the permission table; grant a role instead.')],
            },
            managers=[
                ('objects', django.contrib.auth.models.UserManager()),
            ],
        ),
        migrations.CreateModel(
            name='Clearance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ground', models.CharField(choices=[('role', 'By role'), ('report', 'Making a report'), ('import', 'Importing a data set'), ('randomisation', 'Entering an allocation'), ('laboratory', 'Entering laboratory results'), ('unblinding', 'Emergency unblinding'), ('expedited_report', 'Expedited report'), ('audit', 'Exporting or verifying the audit trail')], max_length=20)),
                ('actor_id', models.BigIntegerField()),
                ('trial_id', models.BigIntegerField()),
                ('participant_id', models.BigIntegerField(null=True)),
                ('purpose', models.TextField()),
                ('request_id', models.CharField(blank=True, max_length=64)),
                ('opened_at', models.DateTimeField()),
                ('transaction_id', models.BigIntegerField()),
            ],
            options={
                'verbose_name': 'clearance',
                'verbose_name_plural': 'clearances',
                'indexes': [models.Index(fields=['trial_id', 'opened_at'], name='accounts_clearance_trial')],
            },
        ),
        migrations.CreateModel(
            name='IdempotentRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('actor_id', models.BigIntegerField()),
                ('key', models.CharField(max_length=100)),
                ('path', models.CharField(max_length=200)),
                ('body_sha256', models.CharField(max_length=64)),
                ('resource_id', models.BigIntegerField(null=True)),
                ('created_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('actor_id', 'key'), name='accounts_idempotentrequest_once')],
            },
        ),
        migrations.CreateModel(
            name='Mail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField()),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('kind', models.CharField(max_length=40)),
                ('about', models.CharField(help_text='What the mail is about, for example “report 17”. Sent once.', max_length=80)),
                ('address', models.EmailField(blank=True, max_length=254)),
                ('words', models.JSONField(blank=True, default=dict)),
                ('recipient', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='mails', to=settings.AUTH_USER_MODEL, verbose_name='recipient')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('sent_at', None)), fields=['id'], name='accounts_mail_unsent')],
                'constraints': [models.UniqueConstraint(fields=('kind', 'about', 'recipient', 'address'), name='accounts_mail_once', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('recipient', None), ('address', ''), _connector='XOR'), name='accounts_mail_to_one', violation_error_message='A mail goes to one person or to one address.')],
            },
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('nurse', 'Research nurse'), ('investigator', 'Investigator'), ('data_manager', 'Data manager'), ('cell_therapy_unit', 'Cell-therapy unit'), ('hla_laboratory', 'HLA laboratory'), ('pharmacovigilance', 'Pharmacovigilance'), ('unblinded_reporter', 'Unblinded reporter'), ('unblinded_reviewer', 'Unblinded reviewer of antibodies'), ('unblinded_statistician', 'Unblinded statistician'), ('board_member', 'Board member'), ('board_chair', 'Board chair'), ('sponsor', 'Sponsor'), ('administrator', 'Administrator'), ('auditor', 'Auditor')], max_length=30, verbose_name='role')),
                ('trial_code', models.CharField(blank=True, help_text='Empty: every trial (administrators only).', max_length=40, verbose_name='trial')),
                ('site_code', models.CharField(blank=True, help_text='Empty: every site of the trial.', max_length=40, verbose_name='site')),
                ('granted_at', models.DateTimeField(verbose_name='granted at')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended at')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to=settings.AUTH_USER_MODEL, verbose_name='account')),
            ],
            options={
                'verbose_name': 'membership',
                'verbose_name_plural': 'memberships',
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('user', 'role', 'trial_code', 'site_code'), name='accounts_membership_once', violation_error_message='Membership: this account already holds this role there.'), models.CheckConstraint(condition=models.Q(models.Q(('trial_code', ''), _negated=True), ('role', 'administrator'), _connector='OR'), name='accounts_membership_names_trial', violation_error_message="Trial: only an administrator's membership may be without a trial."), models.CheckConstraint(condition=models.Q(('site_code', ''), ('role__in', ['investigator', 'nurse']), _connector='OR'), name='accounts_membership_site_bound', violation_error_message='Site: only nurses and investigators are bound to a site.')],
            },
        ),
        migrations.CreateModel(
            name='ApiToken',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('label', models.CharField(max_length=80, verbose_name='label')),
                ('digest', models.CharField(editable=False, max_length=64, unique=True)),
                ('created_at', models.DateTimeField(verbose_name='created at')),
                ('expires_at', models.DateTimeField(verbose_name='expires at')),
                ('revoked_at', models.DateTimeField(blank=True, null=True, verbose_name='revoked at')),
                ('membership', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tokens', to='accounts.membership')),
            ],
            options={
                'verbose_name': 'API token',
                'verbose_name_plural': 'API tokens',
                'constraints': [models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('created_at'))), name='accounts_apitoken_expires', violation_error_message='Expires at: must be later than its creation.')],
            },
        ),
        migrations.CreateModel(
            name='OpeningLogEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ground', models.CharField(choices=[('role', 'By role'), ('report', 'Making a report'), ('import', 'Importing a data set'), ('randomisation', 'Entering an allocation'), ('laboratory', 'Entering laboratory results'), ('unblinding', 'Emergency unblinding'), ('expedited_report', 'Expedited report'), ('audit', 'Exporting or verifying the audit trail')], max_length=20)),
                ('actor_id', models.BigIntegerField()),
                ('trial_id', models.BigIntegerField()),
                ('participant_id', models.BigIntegerField(null=True)),
                ('purpose', models.TextField()),
                ('request_id', models.CharField(blank=True, max_length=64)),
                ('opened_at', models.DateTimeField()),
                ('transaction_id', models.BigIntegerField()),
                ('logged_at', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'entry of the log of openings',
                'verbose_name_plural': 'entries of the log of openings',
                'indexes': [models.Index(fields=['trial_id', 'opened_at'], name='accounts_opening_trial'), models.Index(fields=['transaction_id'], name='accounts_opening_transaction')],
            },
        ),
        migrations.CreateModel(
            name='RecordSignature',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('trial_id', models.BigIntegerField(verbose_name='trial')),
                ('subject', models.CharField(max_length=80, verbose_name='kind of record')),
                ('subject_id', models.BigIntegerField(verbose_name='record')),
                ('subject_version', models.PositiveIntegerField(verbose_name='version')),
                ('printed_name', models.CharField(max_length=150, verbose_name='printed name')),
                ('signed_at', models.DateTimeField(verbose_name='signed at')),
                ('zone', models.CharField(max_length=60, verbose_name='time zone')),
                ('meaning', models.CharField(choices=[('review', 'I have reviewed this'), ('approval', 'I approve this'), ('responsibility', 'I have reviewed this and take responsibility for it'), ('authorship', 'I am its author'), ('assessment', 'This is my assessment')], max_length=20, verbose_name='meaning')),
                ('content_sha256', models.CharField(max_length=64, verbose_name='SHA-256 of what was shown')),
                ('signed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)s_set', to=settings.AUTH_USER_MODEL, verbose_name='signed by')),
            ],
            options={
                'verbose_name': 'signature',
                'verbose_name_plural': 'signatures',
                'indexes': [models.Index(fields=['subject', 'subject_id'], name='accounts_signature_subject')],
                'constraints': [models.UniqueConstraint(fields=('subject', 'subject_id', 'subject_version', 'signed_by', 'meaning'), name='accounts_signature_once', violation_error_message='Signature: you have signed this version already.')],
            },
        ),
        migrations.CreateModel(
            name='SealedRecordSignature',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('trial_id', models.BigIntegerField(verbose_name='trial')),
                ('subject', models.CharField(max_length=80, verbose_name='kind of record')),
                ('subject_id', models.BigIntegerField(verbose_name='record')),
                ('subject_version', models.PositiveIntegerField(verbose_name='version')),
                ('printed_name', models.CharField(max_length=150, verbose_name='printed name')),
                ('signed_at', models.DateTimeField(verbose_name='signed at')),
                ('zone', models.CharField(max_length=60, verbose_name='time zone')),
                ('meaning', models.CharField(choices=[('review', 'I have reviewed this'), ('approval', 'I approve this'), ('responsibility', 'I have reviewed this and take responsibility for it'), ('authorship', 'I am its author'), ('assessment', 'This is my assessment')], max_length=20, verbose_name='meaning')),
                ('content_sha256', models.CharField(max_length=64, verbose_name='SHA-256 of what was shown')),
                ('signed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)s_set', to=settings.AUTH_USER_MODEL, verbose_name='signed by')),
            ],
            options={
                'verbose_name': 'signature of a sealed record',
                'verbose_name_plural': 'signatures of sealed records',
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['subject', 'subject_id'], name='accounts_sealedsignature_subj')],
                'constraints': [models.UniqueConstraint(fields=('subject', 'subject_id', 'subject_version', 'signed_by', 'meaning'), name='accounts_sealedsignature_once', violation_error_message='Signature: you have signed this version already.')],
            },
        ),
        migrations.CreateModel(
            name='WrongPassword',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_default=accounts.models.ClockTimestamp(), verbose_name='moment')),
                ('use', models.CharField(choices=[('sign_in', 'Signing in'), ('again', 'A signature'), ('emergency', 'An emergency unblinding'), ('second', 'The second person of an emergency unblinding')], max_length=10, verbose_name='typed for')),
                ('name_key', models.CharField(max_length=64)),
                ('address', models.CharField(blank=True, max_length=50, verbose_name='address')),
                ('source', models.CharField(blank=True, max_length=64)),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='wrong_passwords', to=settings.AUTH_USER_MODEL, verbose_name='account')),
            ],
            options={
                'verbose_name': 'wrong password',
                'verbose_name_plural': 'wrong passwords',
                'indexes': [models.Index(fields=['name_key', 'at'], name='accounts_wrong_name'), models.Index(fields=['address', 'at'], name='accounts_wrong_address')],
            },
        ),
    ]
