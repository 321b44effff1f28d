"""People, roles, sign-in, letters, working material, and the audit trail as chains."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tables", "0001_first")]

    operations = [
        # The first trail had neither chain nor tenant. It stands aside until the new one can take its rows.
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL("ALTER TABLE audit_event RENAME TO audit_event_before_chains")],
            state_operations=[migrations.DeleteModel("AuditEvent")],
        ),
        migrations.CreateModel(
            name="AuditHead",
            fields=[
                ("organiser", models.CharField(max_length=10, primary_key=True, serialize=False)),
                ("first_sequence", models.BigIntegerField()),
                ("first_previous_hash", models.CharField(max_length=64)),
                ("last_sequence", models.BigIntegerField()),
                ("last_hash", models.CharField(max_length=64)),
            ],
            options={
                "db_table": "audit_head",
            },
            managers=[
                ("scoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Person",
            fields=[
                ("key", models.UUIDField(primary_key=True, serialize=False)),
                ("name", models.TextField(blank=True)),
                ("email", models.TextField(null=True, unique=True)),
                ("created_at", models.DateTimeField()),
                ("removed_at", models.DateTimeField(null=True)),
                ("invented", models.BooleanField(default=False)),
            ],
            options={
                "db_table": "person",
            },
        ),
        migrations.CreateModel(
            name="OutgoingMail",
            fields=[
                ("key", models.UUIDField(primary_key=True, serialize=False)),
                ("kind", models.TextField()),
                ("recipient", models.TextField()),
                ("subject", models.TextField()),
                ("body", models.TextField()),
                ("made_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("try_at", models.DateTimeField(db_index=True)),
                ("attempts", models.SmallIntegerField(default=0)),
                ("sent_at", models.DateTimeField(null=True)),
                ("given_up_at", models.DateTimeField(null=True)),
                ("problem", models.TextField(blank=True)),
            ],
            options={
                "db_table": "outgoing_mail",
            },
        ),
        migrations.CreateModel(
            name="Pace",
            fields=[
                ("key_hash", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("left", models.FloatField()),
                ("at", models.DateTimeField(db_index=True)),
            ],
            options={
                "db_table": "pace",
            },
        ),
        migrations.CreateModel(
            name="SeenAssertion",
            fields=[
                ("assertion_hash", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("expires_at", models.DateTimeField(db_index=True)),
            ],
            options={
                "db_table": "seen_assertion",
            },
        ),
        migrations.CreateModel(
            name="AuditEvent",
            fields=[
                ("key", models.UUIDField(primary_key=True, serialize=False)),
                ("organiser", models.CharField(blank=True, max_length=10)),
                ("sequence", models.BigIntegerField(default=0)),
                ("at", models.DateTimeField()),
                ("actor", models.TextField()),
                ("role", models.TextField()),
                ("place", models.TextField()),
                ("event", models.TextField()),
                ("about", models.TextField()),
                ("facts", models.JSONField()),
                ("previous_hash", models.CharField(default="", max_length=64)),
                ("hash", models.CharField(default="", max_length=64)),
            ],
            options={
                "db_table": "audit_event",
                "indexes": [models.Index(fields=["actor"], name="audit_event_actor")],
                "constraints": [models.UniqueConstraint(fields=("organiser", "sequence"), name="audit_event_chain")],
            },
            managers=[
                ("scoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("key", models.UUIDField(primary_key=True, serialize=False)),
                ("token_hash", models.CharField(max_length=64, unique=True)),
                ("email", models.TextField()),
                ("name", models.TextField()),
                ("role", models.TextField()),
                ("place", models.TextField()),
                ("organiser", models.CharField(blank=True, max_length=10)),
                ("role_starts_at", models.DateTimeField()),
                ("role_ends_at", models.DateTimeField(null=True)),
                ("invited_by", models.TextField()),
                ("made_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                ("withdrawn_at", models.DateTimeField(null=True)),
                ("mail", models.UUIDField()),
            ],
            options={
                "db_table": "invitation",
                "indexes": [models.Index(fields=["organiser"], name="invitation_organiser")],
            },
            managers=[
                ("scoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="OneTimeCodes",
            fields=[
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="tables.person",
                    ),
                ),
                ("sealed_secret", models.TextField()),
                ("made_at", models.DateTimeField()),
                ("last_step", models.BigIntegerField(default=0)),
            ],
            options={
                "db_table": "one_time_codes",
            },
        ),
        migrations.CreateModel(
            name="Passkey",
            fields=[
                ("key", models.UUIDField(primary_key=True, serialize=False)),
                ("credential_id", models.BinaryField(unique=True)),
                ("public_key", models.BinaryField()),
                ("sign_count", models.BigIntegerField()),
                ("name", models.TextField()),
                ("made_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tables.person"
                    ),
                ),
            ],
            options={
                "db_table": "passkey",
            },
        ),
        migrations.CreateModel(
            name="RecoveryCode",
            fields=[
                ("key", models.UUIDField(primary_key=True, serialize=False)),
                ("code_hash", models.TextField()),
                ("made_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tables.person"
                    ),
                ),
            ],
            options={
                "db_table": "recovery_code",
            },
        ),
        migrations.CreateModel(
            name="SignInAttempt",
            fields=[
                ("key_hash", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("kind", models.TextField()),
                ("browser_hash", models.CharField(blank=True, max_length=64)),
                ("facts", models.JSONField()),
                ("made_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(db_index=True)),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "person",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tables.person"
                    ),
                ),
            ],
            options={
                "db_table": "sign_in_attempt",
            },
        ),
        migrations.CreateModel(
            name="SignInSession",
            fields=[
                ("key", models.UUIDField(primary_key=True, serialize=False)),
                ("token_hash", models.CharField(max_length=64, unique=True)),
                ("method", models.TextField()),
                ("assurance", models.SmallIntegerField()),
                ("device", models.TextField()),
                ("started_at", models.DateTimeField()),
                ("seen_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tables.person"
                    ),
                ),
            ],
            options={
                "db_table": "sign_in_session",
            },
        ),
        migrations.CreateModel(
            name="WorkingPaper",
            fields=[
                ("key", models.UUIDField(primary_key=True, serialize=False)),
                ("organiser", models.CharField(max_length=10)),
                ("place", models.TextField()),
                ("kind", models.TextField()),
                ("title", models.TextField()),
                ("school_year", models.SmallIntegerField()),
                ("made_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
                ("version_number", models.IntegerField()),
                ("removed_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "working_paper",
                "indexes": [models.Index(fields=["organiser", "place"], name="working_paper_place")],
            },
            managers=[
                ("scoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="PaperVersion",
            fields=[
                ("key", models.UUIDField(primary_key=True, serialize=False)),
                ("organiser", models.CharField(max_length=10)),
                ("number", models.IntegerField()),
                ("title", models.TextField()),
                ("contents", models.JSONField()),
                ("sha256", models.CharField(max_length=64)),
                ("written_at", models.DateTimeField()),
                ("written_by", models.TextField()),
                (
                    "paper",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="versions", to="tables.workingpaper"
                    ),
                ),
            ],
            options={
                "db_table": "paper_version",
            },
            managers=[
                ("scoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="LinkedIdentity",
            fields=[
                ("key", models.UUIDField(primary_key=True, serialize=False)),
                ("issuer", models.TextField()),
                ("subject", models.TextField()),
                ("assurance", models.SmallIntegerField()),
                ("made_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tables.person"
                    ),
                ),
            ],
            options={
                "db_table": "linked_identity",
                "constraints": [models.UniqueConstraint(fields=("issuer", "subject"), name="one_person_per_identity")],
            },
        ),
        migrations.CreateModel(
            name="RoleGrant",
            fields=[
                ("key", models.UUIDField(primary_key=True, serialize=False)),
                ("role", models.TextField()),
                ("place", models.TextField()),
                ("organiser", models.CharField(blank=True, max_length=10)),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField(null=True)),
                ("granted_by", models.TextField()),
                ("granted_at", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tables.person"
                    ),
                ),
            ],
            options={
                "db_table": "role_grant",
                "indexes": [models.Index(fields=["organiser", "place"], name="role_grant_place")],
            },
            managers=[
                ("scoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Share",
            fields=[
                ("key", models.UUIDField(primary_key=True, serialize=False)),
                ("organiser", models.CharField(max_length=10)),
                ("agency", models.TextField()),
                ("shared_at", models.DateTimeField()),
                ("shared_by", models.TextField()),
                ("shared_by_name", models.TextField()),
                ("withdrawn_at", models.DateTimeField(null=True)),
                ("withdrawn_by", models.TextField(blank=True)),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="shares", to="tables.paperversion"
                    ),
                ),
            ],
            options={
                "db_table": "share",
                "indexes": [models.Index(fields=["agency"], name="share_agency")],
            },
            managers=[
                ("scoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.AddConstraint(
            model_name="paperversion",
            constraint=models.UniqueConstraint(fields=("paper", "number"), name="one_paper_version_per_number"),
        ),
    ]
