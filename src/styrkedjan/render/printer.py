"""What putting values into words and charts needs besides the values."""

from dataclasses import dataclass

from styrkedjan.core.catalogue import Catalogue
from styrkedjan.render import charts
from styrkedjan.render.words import Words


@dataclass(frozen=True)
class Printer:
    """What printing needs besides the briefing: the catalogue's texts, the words, and how charts are drawn."""

    catalogue: Catalogue
    words: Words
    theme: charts.Theme
    strip_size: charts.Size = charts.STRIP

    @property
    def small_base_pupils(self) -> int:
        return self.catalogue.disclosure.small_base_pupils
