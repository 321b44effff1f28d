"""Which checks there are, and which files each of them needs whole before it can run."""

from collections.abc import Iterator

from styrkedjan.data.catalogue import framework_checks, measure_checks, privacy, shared_checks
from styrkedjan.data.catalogue.problems import Problem
from styrkedjan.data.catalogue.shelf import LANGUAGES, Shelf

MEASURES = ("goals.yaml", "indicators.yaml", "operating_conditions.yaml")

EDITION_CHECKS = (
    (framework_checks.edition_problems, ("edition.yaml",)),
    (framework_checks.goal_problems, ("edition.yaml", "goals.yaml")),
    (framework_checks.factor_problems, ("success_factors.yaml",)),
    (framework_checks.self_assessment_problems, ("goals.yaml", "success_factors.yaml", "self_assessment.yaml")),
    (framework_checks.lineage_problems, ("lineage.yaml", "success_factors.yaml", *MEASURES)),
    (measure_checks.measure_problems, MEASURES),
    (measure_checks.overview_problems, ("edition.yaml", *MEASURES)),
)
# Shared files first, then files of the newest edition.
SHARED_CHECKS = (
    (shared_checks.source_problems, ("sources.yaml",), ("edition.yaml", *MEASURES)),
    (shared_checks.size_class_problems, ("disclosure.yaml",), ()),
    (shared_checks.glossary_problems, ("glossary.yaml",), ()),
    (privacy.privacy_problems, ("privacy.yaml",), ()),
    (shared_checks.workshop_problems, (), ("success_factors.yaml",)),
    (shared_checks.words_problems, tuple(f"words.{name}.yaml" for name in LANGUAGES), ("edition.yaml", *MEASURES)),
)


def cross_problems(shelf: Shelf) -> Iterator[Problem]:
    """What only shows when files are read together. A check whose files are broken waits until they are mended."""
    for edition in shelf.editions:
        for check, needs in EDITION_CHECKS:
            if _whole(shelf, edition, (), needs):
                yield from check(shelf, edition)
    if shelf.editions:
        for check, shared, needs in SHARED_CHECKS:
            if _whole(shelf, shelf.newest, shared, needs):
                yield from check(shelf)


def _whole(shelf: Shelf, edition: str, shared: tuple[str, ...], needs: tuple[str, ...]) -> bool:
    names = (*shared, *(f"editions/{edition}/{name}" for name in needs))
    return all(name in shelf.documents for name in names)
