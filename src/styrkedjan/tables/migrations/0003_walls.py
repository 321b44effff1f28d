"""The walls between tenants and around the audit trail, in the database itself."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_name("sql")


class Migration(migrations.Migration):
    dependencies = [("tables", "0002_access")]

    operations = [
        migrations.RunSQL((SQL / name).read_text(encoding="utf-8"))
        for name in ("context.sql", "policies.sql", "audit.sql", "privacy.sql", "demo.sql")
    ]
