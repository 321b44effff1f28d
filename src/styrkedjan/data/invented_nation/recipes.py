"""What each measure is made of, found by words of its official label, so that ids may change freely.

The centres are round numbers of a country that is not Sweden; what matters is that they hang together.
"""

from dataclasses import dataclass

from styrkedjan.core.catalogue import Measure, Unit


@dataclass(frozen=True)
class Recipe:
    """How a measure's figures arise.

    ``kind``: count, trait (share of all pupils), passed (share of a grade's pupils), survey, amount (posts),
    staff_share, ratio, cost or cost_share. ``centre`` is the nation's value; ``background`` and ``quality`` say how
    far a unit's traits carry it, in the unit of the kind (standard units of ability, index steps, percentage points).
    """

    kind: str
    centre: float
    background: float = 0.0
    quality: float = 0.0
    of: str = ""


# The first entry whose words all stand in the label decides.
RECIPES: tuple[tuple[tuple[str, ...], Recipe], ...] = (
    (("elever per lärare",), Recipe("ratio", 0, of="teachers")),
    (("elever per SYV",), Recipe("ratio", 0, of="counsellors")),
    (("Antal elever",), Recipe("count", 0)),
    (("flickor",), Recipe("trait", 48.5)),
    (("utländsk bakgrund",), Recipe("trait", 22.0, background=-0.5)),
    (("eftergymnasial",), Recipe("trait", 58.0, background=0.45)),
    (("Totalt (heltidstjänster)",), Recipe("amount", 0, of="staff")),
    (("Rektorer",), Recipe("amount", 0, of="principals")),
    (("Lärare (heltidstjänster)",), Recipe("amount", 0, of="teachers")),
    (("vägledare",), Recipe("amount", 0, of="counsellors")),
    (("andel (%) kvinnor",), Recipe("staff_share", 75.0, quality=0.5)),
    (("legitimation",), Recipe("staff_share", 73.0, background=3.0, quality=7.0)),
    (("speciallärare",), Recipe("staff_share", 36.0, quality=4.0, of="special")),
    (("tillsvidareanställda",), Recipe("staff_share", 88.0, quality=3.0)),
    (("förstelärare",), Recipe("staff_share", 11.0, quality=2.0)),
    (("Kostnader: Totalt",), Recipe("cost", 1.0, of="total")),
    (("Kostnader: Undervisning",), Recipe("cost", 0.55, of="total")),
    (("Per elev för lokaler",), Recipe("cost", 0.18, of="pupil")),
    (("Per elev för undervisning",), Recipe("cost", 0.55, of="pupil")),
    (("Per elev för skolmåltider",), Recipe("cost", 0.06, of="pupil")),
    (("Per elev för lärverktyg",), Recipe("cost", 0.04, of="pupil")),
    (("Per elev för elevhälsa",), Recipe("cost", 0.04, of="pupil")),
    (("Per elev för övrigt",), Recipe("cost", 0.13, of="pupil")),
    (("Kostnader: Per elev",), Recipe("cost", 1.0, of="pupil")),
    (("samtliga ämnen", "årskurs 6"), Recipe("passed", 72.0)),
    (("samtliga ämnen", "årskurs 9"), Recipe("passed", 73.0)),
    (("behöriga",), Recipe("passed", 83.0)),
    (("svenska", "årskurs 3"), Recipe("passed", 70.0)),
    (("svenska", "årskurs 6"), Recipe("passed", 88.0)),
    (("svenska", "årskurs 9"), Recipe("passed", 90.0)),
    (("matematik", "årskurs 3"), Recipe("passed", 66.0)),
    (("matematik", "årskurs 6"), Recipe("passed", 86.0)),
    (("matematik", "årskurs 9"), Recipe("passed", 87.0)),
    (("trygghet", "årskurs 5"), Recipe("survey", 8.0, 0.1, 0.5)),
    (("trygghet",), Recipe("survey", 7.4, 0.1, 0.5)),
    (("studiero", "årskurs"), Recipe("survey", 5.7, 0.15, 0.6)),
    (("studiero",), Recipe("survey", 6.8, 0.1, 0.6)),
    (("kränkningar",), Recipe("survey", 6.1, 0.0, 0.6)),
    (("stimulans", "årskurs 8"), Recipe("survey", 5.4, 0.1, 0.5)),
    (("stimulans",), Recipe("survey", 6.7, 0.05, 0.4)),
    (("särskilt stöd",), Recipe("survey", 5.9, 0.05, 0.6)),
    (("stöd", "årskurs 5"), Recipe("survey", 7.5, 0.0, 0.4)),
    (("stöd",), Recipe("survey", 6.4, 0.05, 0.5)),
)


def recipe_of(measure: Measure) -> Recipe:
    """The recipe of a measure; one that no words match is made from its source and unit."""
    for words, recipe in RECIPES:
        if all(word in measure.official_label for word in words):
            return recipe
    if measure.source == "school_survey":
        return Recipe("survey", 6.5, 0.1, 0.5)
    if measure.grade is not None:
        return Recipe("passed", 80.0)
    if measure.unit is Unit.PERCENT:
        return Recipe("staff_share" if measure.source == "staff" else "trait", 50.0)
    return Recipe("survey", 6.5, 0.1, 0.5) if measure.unit is Unit.INDEX else Recipe("count", 0)
