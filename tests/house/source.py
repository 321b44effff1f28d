"""The project's files as the rules of the house see them, and small trees to plant faults in.

A rule is a function from sources to sentences: one for each breach, saying where it is and what to do.
"""

import ast
import fnmatch
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
PACKAGE = PROJECT / "src" / "styrkedjan"
GENERATED = "tables/migrations"

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Source:
    """One Python file. ``name`` is its path inside the tree, with slashes."""

    name: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def layer(self) -> str:
        return self.name.split("/")[0]

    @property
    def functions(self) -> list[Function]:
        return [node for node in ast.walk(self.tree) if isinstance(node, Function)]

    @property
    def top_functions(self) -> list[Function]:
        return [node for node in self.tree.body if isinstance(node, Function)]

    @property
    def imported(self) -> set[str]:
        """Every module that is imported anywhere in the file, and every name taken from one as ``module.name``."""
        names: set[str] = set()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        return names


def sources(root: Path = PACKAGE) -> list[Source]:
    """Every Python file under a folder; migrations are written by a machine and left out."""
    found = ((path.relative_to(root).as_posix(), path) for path in sorted(root.rglob("*.py")))
    return [Source(name, path.read_text()) for name, path in found if GENERATED not in name]


def planted(**texts: str) -> list[Source]:
    """Sources made of strings: ``planted(pages__x="...")`` is a file ``pages/x.py``."""
    return [Source(name.replace("__", "/") + ".py", text) for name, text in texts.items()]


def is_public(name: str) -> bool:
    return not name.startswith("_")


def is_import_of(imported: Iterable[str], *modules: str) -> bool:
    """Is one of these modules, or something inside it, among the imported names?"""
    return any(name == module or name.startswith(f"{module}.") for name in imported for module in modules)


def called_name(call: ast.Call) -> str:
    """The last part of what is called: ``a.b.c()`` is ``c``."""
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def calls(node: ast.AST) -> Iterator[ast.Call]:
    return (inner for inner in ast.walk(node) if isinstance(inner, ast.Call))


def committed_files(root: Path = PROJECT) -> list[Path]:
    """Every file that .gitignore does not leave out."""
    left_out = [line.rstrip("/") for line in (root / ".gitignore").read_text().split()] + [".git", ".hypothesis"]

    def is_kept(path: Path) -> bool:
        return not any(fnmatch.fnmatch(part, pattern) for part in path.parts for pattern in left_out)

    found = (path for folder in _kept_folders(root, is_kept) for path in folder.iterdir() if path.is_file())
    return sorted(path for path in found if is_kept(path.relative_to(root)))


def _kept_folders(root: Path, is_kept) -> Iterator[Path]:
    waiting = [root]
    while waiting:
        folder = waiting.pop()
        yield folder
        waiting.extend(path for path in folder.iterdir() if path.is_dir() and is_kept(path.relative_to(root)))


def obeyed(problems: Iterable[str], rule: str) -> None:
    """Fails with the rule and every breach of it."""
    found = list(problems)
    assert not found, f"{rule}\n" + "\n".join(f"  {problem}" for problem in found)
