"""The thresholds of the number gate, as the catalogue has them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class SizeClass:
    """Places with ``from_pupils`` to ``below_pupils`` (exclusive, None = no limit) are compared with each other."""

    id: str
    name: str
    from_pupils: int
    below_pupils: int | None


@dataclass(frozen=True)
class AnswerRules:
    """What holds for answers that are collected here.

    ``minimum_answers``: fewer in a group, or to a statement, and nothing of it is shown; nor may fewer be left of a
    whole when the shown parts are taken away. ``minimum_answers_for_comments``: fewer and comments are not kept.
    ``most_in_a_position``: so few people at a level make a position of the role (ställningstagande), never anonymous.
    ``narrowest_interval``: the feasible interval of a hidden count may not be narrower than this.
    """

    minimum_answers: int
    minimum_answers_for_comments: int
    most_in_a_position: int
    narrowest_interval: int


@dataclass(frozen=True)
class DisclosureRules:
    """Thresholds of the number gate, each with its reference in ``catalogue/disclosure.yaml``.

    ``minimum_places_in_distribution``: fewer places with a number and no distribution is shown.
    ``small_base_pupils``: below this many pupils a place's values rest on few pupils (litet underlag).
    """

    minimum_places_in_distribution: int
    small_base_pupils: int
    size_classes: dict[str, tuple[SizeClass, ...]]  # by place kind: "independent" (organisers), "school_unit"
    answers: AnswerRules
    references: dict[str, str]
