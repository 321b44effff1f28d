"""The catalogue on disk: read, checked and built into the frozen values of ``core.catalogue``."""

from pathlib import Path

from styrkedjan.core.catalogue import Catalogue
from styrkedjan.core.privacy import PrivacyTable
from styrkedjan.core.refused import BrokenData, NotFound
from styrkedjan.data.catalogue.building import build_catalogue
from styrkedjan.data.catalogue.checking import cross_problems
from styrkedjan.data.catalogue.privacy import build_privacy
from styrkedjan.data.catalogue.problems import Problem
from styrkedjan.data.catalogue.shelf import Shelf, read_shelf

__all__ = ["Problem", "check_catalogue", "load_catalogue", "load_privacy"]


def check_catalogue(folder: Path) -> list[Problem]:
    """Everything that is wrong in the catalogue's files, by file and line; empty when nothing is."""
    return _problems(read_shelf(folder))


def load_catalogue(folder: Path, edition: str | None = None) -> Catalogue:
    """The catalogue with one framework edition, the newest unless another is named.

    Raises: BrokenData that lists every problem with file, line and key. NotFound for an edition without a folder.
    """
    shelf = _checked_shelf(folder)
    if edition is not None and edition not in shelf.editions:
        raise NotFound(f"Utgåvan ”{edition}” finns inte. De som finns är {', '.join(shelf.editions)}.", shelf.editions)
    return build_catalogue(shelf, edition or shelf.newest)


def load_privacy(folder: Path) -> tuple[PrivacyTable, ...]:
    """Every table and column of the database as ``privacy.yaml`` describes it. Raises: BrokenData."""
    return build_privacy(_checked_shelf(folder).documents["privacy.yaml"])


def _problems(shelf: Shelf) -> list[Problem]:
    return sorted((*shelf.problems, *cross_problems(shelf)))


def _checked_shelf(folder: Path) -> Shelf:
    shelf = read_shelf(folder)
    problems = _problems(shelf)
    if problems:
        listed = "\n".join(f"- {problem}" for problem in problems)
        raise BrokenData(f"Katalogen kan inte läsas. Inget har ändrats. Rätta det här och försök igen:\n{listed}")
    return shelf
