"""The catalogue as it stands on disk when the process started."""

from functools import lru_cache

from django.conf import settings

from styrkedjan.core.catalogue import Catalogue, Framework, SuccessFactor, WorkshopScript
from styrkedjan.core.refused import NotFound
from styrkedjan.data.catalogue import load_catalogue


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """The catalogue with the newest framework edition. Open to all, so it takes no viewer.

    Raises: BrokenData that lists every problem with file, line and key.
    """
    return load_catalogue(settings.CATALOGUE)


@lru_cache(maxsize=8)
def framework_of(edition: str) -> Framework:
    """The framework of one edition, also one that is no longer the newest: what has been begun in it stays in it.

    Raises: NotFound when the catalogue no longer holds the edition.
    """
    newest = catalogue().framework
    return newest if newest.id == edition else load_catalogue(settings.CATALOGUE, edition).framework


def success_factor(factor_id: str) -> SuccessFactor:
    """One success factor (framgångsfaktor). Raises NotFound."""
    for factor in catalogue().framework.success_factors:
        if factor.id == factor_id:
            return factor
    raise NotFound("Den framgångsfaktorn finns inte i den här utgåvan av kvalitetssystemet.")


def workshop_script(script_id: str) -> WorkshopScript:
    """One workshop script. Raises NotFound."""
    for script in catalogue().workshops:
        if script.id == script_id:
            return script
    raise NotFound("Det samtalsunderlaget finns inte.")
