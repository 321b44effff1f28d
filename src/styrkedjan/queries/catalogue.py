"""The catalogue as it stands on disk when the process started."""

from functools import lru_cache

from django.conf import settings

from styrkedjan.core.catalogue import Catalogue, SuccessFactor, WorkshopScript
from styrkedjan.core.refused import NotFound
from styrkedjan.data.catalogue import load_catalogue


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """The catalogue with the newest framework edition. Open to all, so it takes no viewer.

    Raises: BrokenData that lists every problem with file, line and key.
    """
    return load_catalogue(settings.CATALOGUE)


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
