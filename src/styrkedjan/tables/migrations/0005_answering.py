"""Answering without an account, and the walls around what is answered, in the database itself."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_name("sql")


class Migration(migrations.Migration):
    dependencies = [("tables", "0004_assessments")]

    operations = [migrations.RunSQL((SQL / "answering.sql").read_text(encoding="utf-8"))]
