"""The catalogue's folder read whole: which files there must be, and each file held to its schema."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from styrkedjan.data.catalogue.problems import Problem, known
from styrkedjan.data.catalogue.reading import Document, read_document
from styrkedjan.data.catalogue.schema import schema_problems

LANGUAGES = ("sv", "en")

# File -> schema. Both kinds of measures have the same shape.
SHARED_FILES = {
    "sources.yaml": "sources",
    "disclosure.yaml": "disclosure",
    "privacy.yaml": "privacy",
    "glossary.yaml": "glossary",
    **{f"words.{language}.yaml": "words" for language in LANGUAGES},
}
EDITION_FILES = {
    "edition.yaml": "edition",
    "goals.yaml": "goals",
    "success_factors.yaml": "success_factors",
    "indicators.yaml": "indicators",
    "operating_conditions.yaml": "indicators",
    "lineage.yaml": "lineage",
    "self_assessment.yaml": "self_assessment",
}


@dataclass(frozen=True)
class Shelf:
    """Every file of the catalogue. ``documents`` holds those without a problem, by path under the folder."""

    folder: Path
    editions: tuple[str, ...]  # oldest first
    documents: dict[str, Document]
    problems: tuple[Problem, ...]

    @property
    def newest(self) -> str:
        return self.editions[-1]

    def edition(self, edition: str, name: str) -> Document:
        """A file of one edition. Raises: KeyError when it is missing or broken."""
        return self.documents[f"editions/{edition}/{name}"]

    def workshops(self) -> list[tuple[str, Document]]:
        return sorted((name, doc) for name, doc in self.documents.items() if name.startswith("workshops/"))


Check = Callable[[Shelf], Iterable[Problem]]


def read_shelf(folder: Path) -> Shelf:
    """Read every file under the catalogue's folder and hold each to its schema."""
    editions = edition_names(folder)
    documents: dict[str, Document] = {}
    problems = list(_unknown_files(folder, editions))
    if not editions:
        problems.append(Problem(f"{folder.name}/editions", 1, "", "minst en utgåva, till exempel 2026-1", "ingen mapp"))
    for name, schema in _expected_files(folder, editions).items():
        document, found = read_document(folder / name, f"{folder.name}/{name}")
        if document and not found:
            found = schema_problems(document, schema)
        if document and not found:
            documents[name] = document
        problems.extend(found)
    return Shelf(folder, editions, documents, tuple(problems))


def edition_names(folder: Path) -> tuple[str, ...]:
    """The editions that have a folder, oldest first: 2026-2 comes before 2026-10."""
    names = [path.name for path in (folder / "editions").glob("*") if path.is_dir()]
    return tuple(sorted(names, key=lambda name: ([int(part) for part in re.findall(r"\d+", name)], name)))


def digest(folder: Path) -> str:
    """SHA-256 over the name and content of every YAML file under the folder."""
    total = sha256()
    for path in sorted(folder.rglob("*.yaml")):
        total.update(f"{path.relative_to(folder).as_posix()}\0".encode())
        total.update(sha256(path.read_bytes()).digest())
    return total.hexdigest()


def _expected_files(folder: Path, editions: tuple[str, ...]) -> dict[str, str]:
    files = dict(SHARED_FILES)
    for path in sorted((folder / "workshops").glob("*.yaml")):
        files[f"workshops/{path.name}"] = "workshop"
    for edition in editions:
        files.update({f"editions/{edition}/{name}": schema for name, schema in EDITION_FILES.items()})
    return files


def _unknown_files(folder: Path, editions: tuple[str, ...]) -> Iterator[Problem]:
    """A file that nothing reads is most often a name misspelt."""
    expected = set(_expected_files(folder, editions))
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.suffix in (".yaml", ".yml") and name not in expected:
            yield Problem(
                f"{folder.name}/{name}", 1, "", known("en fil som katalogen läser", name, expected), "en annan"
            )
