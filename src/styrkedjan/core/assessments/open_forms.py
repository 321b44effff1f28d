"""What somebody who answers has in front of her: the form, who asks and who will read, and where the sheet goes."""

from dataclasses import dataclass

from styrkedjan.core.assessments.campaigns import AnsweringGroup, Campaign, Form, GroupKind, Mode
from styrkedjan.core.catalogue import Reflection, Scale
from styrkedjan.core.places import organiser_of
from styrkedjan.core.refused import WrongState


@dataclass(frozen=True, eq=False)
class OpenForm:
    """A group's form. ``public_key`` seals the sheets; ``place_name`` is the group's place.

    It is compared by identity, so that what is made of it once can be kept.
    """

    group: AnsweringGroup
    form: Form
    scale: Scale
    reflection: Reflection
    public_key: str
    place_name: str
    organiser_name: str

    @property
    def campaign(self) -> Campaign:
        return self.form.campaign

    @property
    def is_position(self) -> bool:
        """Whether an answer is the position (ställningstagande) of a role, and so not anonymous."""
        return self.group.kind is GroupKind.POSITION

    @property
    def takes_comments(self) -> bool:
        """Whether comments can be kept: so few as those of a position would be known by what they write."""
        return not self.is_position

    @property
    def is_answered_alone(self) -> bool:
        """Whether each answers by herself; else the group only rates together."""
        return Mode.INDIVIDUAL in self.campaign.modes

    @property
    def asked_by(self) -> str:
        """The name of who asks: the organiser, or the unit itself."""
        own = self.campaign.place != organiser_of(self.campaign.place)
        return self.place_name if own else self.organiser_name

    @property
    def is_at_the_organiser(self) -> bool:
        return self.group.place == organiser_of(self.group.place)


class Closed(WrongState):
    """The campaign no longer takes sheets, or not yet."""


class Full(WrongState):
    """As many as were asked have handed in."""


class LinkUsed(WrongState):
    """Somebody has already answered by this link."""

    def __init__(self) -> None:
        super().__init__(
            "Länken är redan använd: någon har lämnat in ett svar med den. Det svaret är kvar som det var, och det "
            "här svaret har inte sparats. Har du vidarebefordrat länken kan någon annan ha använt den. Vill du svara "
            "ändå: använd koden som finns hos er, eller be den som frågar om en ny länk."
        )
