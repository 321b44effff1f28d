"""One YAML file as plain values, with the line that each value stands on."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from styrkedjan.data.catalogue.problems import Problem, show

# libyaml reads a whole edition in milliseconds; the Python reader gives the same nodes, only slower.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Key = tuple[str | int, ...]


@dataclass(frozen=True)
class Document:
    """A file that has been read. ``lines`` gives the 1-based line of every key and list item."""

    file: str
    value: Any
    lines: dict[Key, int]

    def line(self, key: Key) -> int:
        """The line of a key, or of the nearest thing around it that stands in the file."""
        while key and key not in self.lines:
            key = key[:-1]
        return self.lines.get(key, 1)

    def problem(self, key: Key, expected: str, found: str) -> Problem:
        """A problem at the line of this key."""
        return Problem(self.file, self.line(key), key_path(key), expected, found)

    def items(self, name: str) -> Iterator[tuple[Key, dict[str, Any]]]:
        """The entries of a list, each with its key."""
        for number, entry in enumerate(self.value[name]):
            yield (name, number), entry


def key_path(key: Key) -> str:
    """``("sub_goals", 3, "text")`` is printed ``sub_goals[3].text``."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in key)
    return text.removeprefix(".")


def read_document(path: Path, file: str) -> tuple[Document | None, list[Problem]]:
    """Read one YAML file.

    In: the path, and the name that problems print.
    Out: the document, or None when the file cannot be read; and what is wrong: missing file, wrong encoding,
    broken YAML, a key that stands twice.
    """
    try:
        node = yaml.compose(path.read_bytes().decode("utf-8"), Loader=LOADER)
    except FileNotFoundError:
        return None, [Problem(file, 1, "", "filen", "ingen fil")]
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        return None, [Problem(file, line, "", "tecken i UTF-8", "en byte som inte är UTF-8")]
    except yaml.YAMLError as error:
        return None, [_syntax_problem(file, error)]
    reading = _Reading(file)
    value = None if node is None else reading.take(node, ())
    return Document(file, value, reading.lines), reading.problems


def _syntax_problem(file: str, error: yaml.YAMLError) -> Problem:
    mark = getattr(error, "problem_mark", None)
    reason = getattr(error, "problem", None) or "okänt fel"
    return Problem(file, mark.line + 1 if mark else 1, "", "giltig YAML", f"ett skrivfel ({reason})")


@dataclass
class _Reading:
    """The walk through one file's nodes."""

    file: str
    lines: dict[Key, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    open_nodes: set[int] = field(default_factory=set)

    def take(self, node: yaml.Node, key: Key) -> Any:
        self.lines.setdefault(key, node.start_mark.line + 1)
        if isinstance(node, yaml.ScalarNode):
            return _scalar(node)
        if id(node) in self.open_nodes:
            self._report(node, key, "ett värde", "en hänvisning till sig själv")
            return None
        self.open_nodes.add(id(node))
        taken = self._mapping(node, key) if isinstance(node, yaml.MappingNode) else self._sequence(node, key)
        self.open_nodes.discard(id(node))
        return taken

    def _sequence(self, node: yaml.Node, key: Key) -> list[Any]:
        return [self.take(item, (*key, number)) for number, item in enumerate(node.value)]

    def _mapping(self, node: yaml.Node, key: Key) -> dict[str, Any]:
        taken: dict[str, Any] = {}
        for name_node, value_node in node.value:
            if not isinstance(name_node, yaml.ScalarNode):
                self._report(name_node, key, "en nyckel som är en text", "en lista eller nycklar med värden")
                continue
            name = name_node.value
            if name in taken:
                self._report(name_node, (*key, name), "varje nyckel en gång", f"nyckeln {show(name)} en gång till")
                continue
            self.lines[(*key, name)] = name_node.start_mark.line + 1
            taken[name] = self.take(value_node, (*key, name))
        return taken

    def _report(self, node: yaml.Node, key: Key, expected: str, found: str) -> None:
        self.problems.append(Problem(self.file, node.start_mark.line + 1, key_path(key), expected, found))


def _scalar(node: yaml.ScalarNode) -> Any:
    """Only true, false, null and plain numbers are more than text: a date stays text, and so do ja, no and on."""
    kind, text = node.tag.rpartition(":")[2], node.value
    if kind == "null":
        return None
    if kind == "bool" and text in ("true", "false"):
        return text == "true"
    if kind == "int" and re.fullmatch(r"-?(?:0|[1-9]\d*)", text):
        return int(text)
    if kind == "float" and re.fullmatch(r"-?\d+\.\d+", text):
        return float(text)
    return text
