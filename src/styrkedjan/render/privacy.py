"""How long things are kept, in words: made from the rules that the retention command follows."""

import io
import json
import zipfile
from dataclasses import dataclass
from datetime import datetime

from styrkedjan.core.privacy import (
    FOLLOWS_PERSON,
    NAMING_COLUMNS,
    PERSONAL,
    Does,
    PrivacyRule,
    PrivacyTable,
    RetentionRule,
    Section,
)
from styrkedjan.render.swedish import count_word, moment
from styrkedjan.render.words import Words

DAYS_IN_YEAR = 365


@dataclass(frozen=True)
class PrintedColumn:
    """A column as the privacy page prints it."""

    name: str
    called: str
    privacy_class: str
    is_personal: bool
    kept: str
    why: str
    stays: str


@dataclass(frozen=True)
class PrintedTable:
    """A table as the privacy page prints it."""

    name: str
    about: str
    kept: str
    is_personal: bool
    columns: tuple[PrintedColumn, ...]


def printed_privacy(tables: tuple[PrivacyTable, ...], words: Words) -> tuple[PrintedTable, ...]:
    """Every table with its columns and how long each is kept."""
    about = {table.name: table.about for table in tables}
    return tuple(_table(table, about, words) for table in tables)


def period(days: int, words: Words) -> str:
    """A time in words: 30 dagar, två år."""
    if days and days % DAYS_IN_YEAR == 0:
        return words("retention.years", count=count_word(days // DAYS_IN_YEAR, neuter=True))
    return words.count("retention.days", days)


def rule_words(rule: RetentionRule, words: Words) -> str:
    """When a rule reaches a row: två år efter att rollen tog slut."""
    if not rule.days:
        return words("retention.at_once", event=rule.event)
    return words("retention.after", period=period(rule.days, words), event=rule.event)


def _table(table: PrivacyTable, about: dict[str, str], words: Words) -> PrintedTable:
    columns = tuple(_column(column, table, about, words) for column in table.columns)
    whole = tuple(rule for rule in table.rules if rule.does in (Does.REMOVE, Does.WEED))
    return PrintedTable(table.name, table.about, _kept(table, whole, about, words), table.is_personal, columns)


def _column(column: PrivacyRule, table: PrivacyTable, about: dict[str, str], words: Words) -> PrintedColumn:
    return PrintedColumn(
        name=column.column,
        called=column.called,
        privacy_class=words(f"privacy_class.{column.privacy_class}"),
        is_personal=column.privacy_class == PERSONAL,
        kept=_kept(table, _rules_of(column, table), about, words),
        why=column.why,
        stays=column.stays,
    )


def _rules_of(column: PrivacyRule, table: PrivacyTable) -> tuple[RetentionRule, ...]:
    """The rules that reach this column: one that empties it comes before the end of the row."""
    emptied = tuple(rule for rule in table.rules if column.column in _emptied_by(rule))
    return emptied or tuple(rule for rule in table.rules if rule.does in (Does.REMOVE, Does.WEED))


def _emptied_by(rule: RetentionRule) -> tuple[str, ...]:
    return NAMING_COLUMNS if rule.does is Does.NAMELESS else rule.columns


def _kept(table: PrivacyTable, rules: tuple[RetentionRule, ...], about: dict[str, str], words: Words) -> str:
    parts = [table.keeps_while] if table.keeps_while else []
    parts += [rule_words(rule, words) for rule in rules]
    if table.follows == FOLLOWS_PERSON:
        text = parts[0] if parts else ""
        return words("retention.at_most", first=text) if text else words("retention.person")
    if table.follows:
        parts.append(words("retention.with", table=about[table.follows].lower()))
    return words("retention.and_then", first=parts[0], second=parts[1]) if len(parts) > 1 else parts[0]


def extract_json(sections: tuple[Section, ...], made_at: datetime) -> str:
    """The extract for programs: Swedish names, times with their zone."""
    whole = {"Utdrag": made_at} | {section.heading: section.rows for section in sections}
    return json.dumps(whole, ensure_ascii=False, indent=2, default=_plain) + "\n"


def extract_zip(readable: str, sections: tuple[Section, ...], made_at: datetime) -> bytes:
    """The extract (registerutdrag) as one file: the same facts to read and for programs."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("uppgifter.html", readable)
        archive.writestr("uppgifter.json", extract_json(sections, made_at))
    return packed.getvalue()


def printed_cell(value: object, words: Words) -> str:
    """A value of the extract as a reader wants it: times in Swedish, nothing as a word."""
    if isinstance(value, datetime):
        return moment(value)
    if value is None or value == "":
        return words("extract.nothing")
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
