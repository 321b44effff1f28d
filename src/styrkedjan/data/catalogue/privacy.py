"""Reads ``privacy.yaml`` into the values of ``core.privacy``, and checks that its rules hold together."""

from collections.abc import Iterator
from typing import Any

from styrkedjan.core.privacy import PERSONAL, Does, PrivacyRule, PrivacyTable, RetentionRule
from styrkedjan.data.catalogue.problems import Problem, known, show
from styrkedjan.data.catalogue.reading import Document, Key
from styrkedjan.data.catalogue.shelf import Shelf


def build_privacy(document: Document) -> tuple[PrivacyTable, ...]:
    """Every table, in the order of the file."""
    return tuple(_table(name, entry) for name, entry in document.value["tables"].items())


def _table(name: str, entry: dict[str, Any]) -> PrivacyTable:
    retention = entry["retention"]
    columns = (
        PrivacyRule(name, column, each["class"], each["why"], each.get("called", ""), each.get("stays", ""))
        for column, each in entry["columns"].items()
    )
    rules = tuple(_rule(name, each) for each in retention.get("rules", ()))
    return PrivacyTable(
        name, entry["about"], retention.get("while", ""), retention.get("with", ""), rules, tuple(columns)
    )


def _rule(table: str, entry: dict[str, Any]) -> RetentionRule:
    return RetentionRule(
        id=entry["id"],
        table=table,
        does=Does(entry["does"]),
        days=entry["days"],
        after=tuple(entry["after"]),
        event=entry["event"],
        columns=tuple(entry.get("columns", ())),
        unless=entry.get("unless", ""),
    )


def privacy_problems(shelf: Shelf) -> Iterator[Problem]:
    """Rules have ids of their own, name columns and tables that are there, and no personal table is without one."""
    document = shelf.documents["privacy.yaml"]
    tables = document.value["tables"]
    seen: set[str] = set()
    for name, entry in tables.items():
        follows = entry["retention"].get("with")
        here = ("tables", name, "retention")
        if follows and follows not in tables:
            yield document.problem((*here, "with"), known("en tabell i filen", follows, set(tables)), show(follows))
        if not {"with", "rules"} & entry["retention"].keys() and _is_personal(entry):
            yield document.problem(here, "with eller rules, eftersom tabellen har personuppgifter", "bara while")
        for column, each in entry["columns"].items():
            if each["class"] == PERSONAL and "called" not in each:
                yield document.problem(("tables", name, "columns", column), "nyckeln called", "ingen sådan nyckel")
        for number, rule in enumerate(entry["retention"].get("rules", ())):
            yield from _rule_problems(document, (*here, "rules", number), rule, entry["columns"])
            if rule["id"] in seen:
                yield document.problem((*here, "rules", number, "id"), "ett id som är ensamt", show(rule["id"]))
            seen.add(rule["id"])


def _is_personal(entry: dict[str, Any]) -> bool:
    return any(column["class"] == PERSONAL for column in entry["columns"].values())


def _rule_problems(document: Document, here: Key, rule: dict[str, Any], columns: dict[str, Any]) -> Iterator[Problem]:
    for key in ("after", "columns"):
        for number, column in enumerate(rule.get(key, ())):
            if column not in columns:
                expected = known("en kolumn i tabellen", column, set(columns))
                yield document.problem((*here, key, number), expected, show(column))
    if ("columns" in rule) != (rule["does"] == Does.EMPTY):
        found = "inga columns" if rule["does"] == Does.EMPTY else "columns"
        yield document.problem((*here, "does"), "columns när does är empty, annars inte", found)
