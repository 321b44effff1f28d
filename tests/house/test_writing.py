"""Writing: one door. Only actions write, an action asks first, and every write has its audit row."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.house.source import Source, called_name, calls, is_import_of, is_public, obeyed, planted, sources

DOOR = "actions/_change.py"
# What an anonymous respondent does has no row in the trail, and nothing else goes that way.
UNSEEN_FILE = "actions/assessments/answering.py"
UNSEEN_WRITES = ("styrkedjan_hand_in", "styrkedjan_use_link", "styrkedjan_take_back")
# Opens a transaction for reading: the database lets each viewer see her own rows, and knows who looks within one.
READING_DOOR = "queries/access/viewing.py"
# Written as a part of the change that causes it, and refuses anything else: whoever calls it writes.
FOR_OTHERS = {
    "actions/access/letters.py write": "letters.write",
    "actions/assessments/counting.py keep": "counting.keep",
}
# Neither read nor write rows, and say nothing of anybody: what several actions make links and counts with.
WITHOUT_ROWS = {
    "actions/assessments/answering.py new_receipt",
    "actions/assessments/counting.py catalogue_of",
    "actions/assessments/links.py link_token",
    "actions/assessments/links.py link_hash",
    "actions/assessments/links.py link_address",
}
ALWAYS_WRITES = {"bulk_create", "bulk_update", "get_or_create", "update_or_create"}
WRITES_ON_ROWS = {"create", "save", "delete"}
SQL_WRITE = re.compile(r"\s*(INSERT|UPDATE|DELETE|TRUNCATE|MERGE|COPY|ALTER|DROP|CREATE)\s", re.IGNORECASE)


def is_write(call: ast.Call) -> bool:
    """Does this call write rows? Django's ``update`` takes keywords alone; that of a dict or a hash does not."""
    name = called_name(call)
    if name in {"execute", "executemany"}:
        return bool(call.args) and SQL_WRITE.match(_beginning(call.args[0])) is not None
    if name == "copy":
        return bool(call.args) and SQL_WRITE.match(_beginning(call.args[0])) is not None
    if not isinstance(call.func, ast.Attribute):
        return False
    if ast.unparse(call.func) in FOR_OTHERS.values():
        return True
    is_update = name == "update" and bool(call.keywords) and not call.args
    return name in ALWAYS_WRITES | WRITES_ON_ROWS or is_update


def _beginning(node: ast.expr) -> str:
    if isinstance(node, ast.JoinedStr):
        node = node.values[0]
    if isinstance(node, ast.BinOp):
        return _beginning(node.left)
    return str(node.value) if isinstance(node, ast.Constant) else ""


def knows_rows(source: Source) -> bool:
    return is_import_of(source.imported, "styrkedjan.tables", "django.db")


def writes_outside_actions(found: list[Source]) -> Iterator[str]:
    for source in found:
        if source.layer == "actions" or not knows_rows(source):
            continue
        for call in calls(source.tree):
            if is_write(call):
                yield f"{source.name}:{call.lineno} writes ({called_name(call)}): write in an action instead."


def other_doors(found: list[Source]) -> Iterator[str]:
    for source in found:
        if source.name == DOOR:
            continue
        names = {node.attr for node in ast.walk(source.tree) if isinstance(node, ast.Attribute)}
        opens = {"atomic", "set_autocommit", "commit"} & names
        if knows_rows(source) and opens and (source.name != READING_DOOR or opens != {"atomic"}):
            yield f"{source.name} opens a transaction of its own: use `with change(...)`."
        if source.layer != "tables" and is_import_of(source.imported, "styrkedjan.tables.access.AuditEvent"):
            yield f"{source.name} reaches for the audit trail: `change` writes it."


def unaudited_actions(found: list[Source]) -> Iterator[str]:
    for source in found:
        if source.layer != "actions" or source.name == DOOR:
            continue
        bare = _bare_writers(source)
        for function in source.top_functions:
            if not is_public(function.name):
                continue
            where = f"{source.name}:{function.lineno} {function.name}"
            if f"{source.name} {function.name}" in {*FOR_OTHERS, *WITHOUT_ROWS}:
                continue
            if function.name in bare:
                yield f"{where} writes outside `with change(...)`, so the write has no audit row: put it inside."
            if not function.args.args or function.args.args[0].arg != "actor":
                yield f"{where} does not take its actor first."
            if "require" not in {called_name(call) for call in calls(function)}:
                yield f"{where} does not ask: begin with `may(actor, Permission.X).require()`."


def _bare_writers(source: Source) -> set[str]:
    """Functions that write, or call one that does, outside ``with change(...)``."""
    functions = {function.name: function for function in source.top_functions}
    bare: set[str] = set()
    while True:
        new = {
            name
            for name, function in functions.items()
            if any(is_write(call) or called_name(call) in bare for call in _calls_outside_change(function))
        }
        if new == bare:
            return bare
        bare = new


def _calls_outside_change(node: ast.AST) -> Iterator[ast.Call]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.With) and any(_is_change(item.context_expr) for item in child.items):
            continue
        if isinstance(child, ast.Call):
            yield child
        yield from _calls_outside_change(child)


def _is_change(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and called_name(node) == "change"


def private_imports(found: list[Source]) -> Iterator[str]:
    """Inner functions of an action may write bare, because their caller holds the door: nobody else may call them."""
    for source in found:
        for name in source.imported:
            module, _, last = name.rpartition(".")
            if name.startswith("styrkedjan.actions.") and last.startswith("_") and last != "_change":
                yield f"{source.name} imports {last} of {module}: call the action itself."
            if "._change" in name and source.layer != "actions":
                yield f"{source.name} opens the door for writing: call an action instead."


def seen_through_the_unseen_door(found: list[Source]) -> Iterator[str]:
    """The door without an audit row is for one file, and so is what goes through it."""
    for source in found:
        if source.name in (DOOR, UNSEEN_FILE) or source.layer == "tables":
            continue
        if "unseen" in {called_name(call) for call in calls(source.tree)}:
            yield f"{source.name} writes without an audit row: use `with change(...)`."
        texts = (node.value for node in ast.walk(source.tree) if isinstance(node, ast.Constant))
        if any(isinstance(text, str) and re.search(rf"SELECT ({'|'.join(UNSEEN_WRITES)})\b", text) for text in texts):
            yield f"{source.name} reaches a respondent's sheet: {UNSEEN_FILE} does."


def test_only_the_answering_of_forms_is_unseen():
    obeyed(seen_through_the_unseen_door(sources()), "Only a respondent's own sheet is written without an audit row.")
    assert any(source.name == UNSEEN_FILE for source in sources()), "the one file that may is there"


@pytest.mark.parametrize(
    "line",
    [
        "with unseen():\n    pass",
        "cursor.execute('SELECT styrkedjan_hand_in(%s)')",
        "S = 'SELECT styrkedjan_use_link(%s)'",
    ],
)
def test_another_unseen_writer_is_caught(line):
    assert list(seen_through_the_unseen_door(planted(actions__x=line + "\n")))
    assert not list(seen_through_the_unseen_door(planted(actions__assessments__answering=line + "\n")))


def test_only_actions_write():
    obeyed(writes_outside_actions(sources()), "Only actions write.")


def test_there_is_one_door():
    obeyed([*other_doors(sources()), *private_imports(sources())], "`with change(...)` is the only door for writing.")


def test_every_write_is_audited():
    obeyed(unaudited_actions(sources()), "An action takes its actor first, asks, and writes inside `with change(...)`.")


def test_actions_do_write():
    """If the rule saw no writes in the actions there are, it could see none anywhere."""
    assert any(is_write(call) for source in sources() if source.layer == "actions" for call in calls(source.tree))


TABLE = "from styrkedjan.tables.places import Organiser\nfrom django.db import connection\n"


@pytest.mark.parametrize(
    "line",
    [
        "Organiser.objects.create(key='1')",
        "Organiser.objects.filter(key='1').update(name='x')",
        "Organiser.objects.filter(key='1').delete()",
        "Organiser.objects.bulk_create([])",
        "Organiser.objects.get_or_create(key='1')",
        "Organiser.objects.update_or_create(key='1')",
        "row.save()",
        "connection.cursor().execute('INSERT INTO organiser VALUES (1)')",
        "connection.cursor().execute(f'UPDATE {table} SET listed = TRUE')",
        "connection.cursor().execute('delete from organiser')",
    ],
)
def test_a_write_in_a_query_is_caught(line):
    assert list(writes_outside_actions(planted(queries__x=TABLE + line)))
    assert not list(writes_outside_actions(planted(actions__x=TABLE + line)))


@pytest.mark.parametrize("line", ["seen.update(other)", "digest.update(b'')", "cursor.execute('SELECT 1')"])
def test_what_is_no_write(line):
    assert not list(writes_outside_actions(planted(queries__x=TABLE + line)))


ASKS = "def publish(actor, x):\n    may(actor, P).require()\n"


@pytest.mark.parametrize(
    "body",
    [
        "    Row.objects.create(x=x)\n",
        "    with change(actor, E, 'x'):\n        pass\n    Row.objects.create(x=x)\n",
        "    _inner(x)\n\n\ndef _inner(x):\n    _innermost(x)\n\n\ndef _innermost(x):\n    x.save()\n",
        "    with other(actor):\n        x.save()\n",
        "    letters.write('notice', x)\n",
    ],
)
def test_a_write_without_audit_is_caught(body):
    assert list(unaudited_actions(planted(actions__x=ASKS + body)))


def test_a_write_inside_the_door_is_right():
    body = "    with change(actor, E, 'x'):\n        _inner(x)\n\n\ndef _inner(x):\n    x.save()\n"
    assert not list(unaudited_actions(planted(actions__x=ASKS + body)))


def test_an_action_that_does_not_ask_is_caught():
    assert len(list(unaudited_actions(planted(actions__x="def publish(actor):\n    return 1\n")))) == 1
    assert len(list(unaudited_actions(planted(actions__x="def publish(x):\n    may(x, P).require()\n")))) == 1


@pytest.mark.parametrize(
    "line",
    ["from django.db import transaction\nwith transaction.atomic():\n    pass\n", TABLE + "connection.commit()\n"],
)
def test_a_second_door_is_caught(line):
    assert list(other_doors(planted(queries__x=line)))


def test_the_reading_door_opens_and_neither_writes_nor_commits():
    opening = "from django.db import transaction\nwith transaction.atomic():\n    "
    assert not list(other_doors(planted(queries__access__viewing=opening + "pass\n")))
    assert list(other_doors(planted(queries__access__viewing=opening + "transaction.commit()\n")))
    assert list(other_doors(planted(queries__access__other=opening + "pass\n")))
    assert list(writes_outside_actions(planted(queries__access__viewing=opening + "row.save()\n")))


def test_the_audit_trail_is_reached_by_the_door_alone():
    line = "from styrkedjan.tables.access import AuditEvent\n"
    assert list(other_doors(planted(queries__x=line)))
    assert not list(other_doors(planted(actions___change=line)))


def test_a_private_import_is_caught():
    assert list(private_imports(planted(site__x="from styrkedjan.actions.statistics import _switch\n")))
    assert list(private_imports(planted(pages__x="from styrkedjan.actions._change import change\n")))
    assert not list(private_imports(planted(actions__x="from styrkedjan.actions._change import change\n")))
