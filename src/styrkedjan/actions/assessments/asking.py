"""Asking by e-mail: a link of her own to each who is asked, and a reminder to those who have not used theirs."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection
from django.template.loader import render_to_string

from styrkedjan.actions._change import change
from styrkedjan.actions.access import letters
from styrkedjan.actions.assessments.links import link_address, link_hash, link_token
from styrkedjan.core.access import Event, Permission, Viewer, may
from styrkedjan.core.access.viewer import NO_SUCH_PAGE
from styrkedjan.core.assessments.asking import MOST_SHOWN, addresses_in
from styrkedjan.core.assessments.campaigns import GroupKind
from styrkedjan.core.letters import LetterKind, one_line
from styrkedjan.core.places import organiser_of
from styrkedjan.core.refused import BadInput, NotFound, WrongState
from styrkedjan.render import swedish
from styrkedjan.tables.access.mail import address_of
from styrkedjan.tables.assessments import AnsweringGroupRow, AskedPerson, CampaignRow
from styrkedjan.tables.places import place_name

CLOSED = "självvärderingen är stängd. Inga länkar har skickats."
TOO_MANY = (
    "Gruppen har {asked} personer och {had} har redan fått en länk. Du skrev {new} nya adresser. Inget har skickats. "
    "Ta bort några, eller ändra först hur många som ska svara."
)
NOBODY_ASKED = "ingen har fått en länk med e-post, så det finns ingen att påminna. Inget har skickats."
ON_ITS_WAY = "en påminnelse är redan på väg. Inget nytt har skickats."
REMINDED_TODAY = "ni har redan påmint i dag. Inget nytt har skickats. Vänta åtminstone till i morgon."
NOT_OPEN = "det går bara att påminna medan självvärderingen är öppen. Inget har skickats."


class BadAddresses(BadInput):
    """Some of the addresses cannot be any; ``wrong`` are they."""

    def __init__(self, wrong: list[str]) -> None:
        shown = ", ".join(f"”{one_line(each, 60)}”" for each in wrong[:MOST_SHOWN])
        more = f" och {len(wrong) - MOST_SHOWN} till" if len(wrong) > MOST_SHOWN else ""
        super().__init__(
            f"{shown}{more} är ingen fullständig e-postadress. Inget har skickats till någon. Rätta och försök igen."
        )
        self.wrong = tuple(wrong)


@dataclass(frozen=True)
class Asked:
    """What became of a list of addresses: how many got a link now, and how many had one already."""

    new: int
    had_one: int


def ask(actor: Viewer, place: str, key: UUID, group: UUID, text: str) -> Asked:
    """Send a personal link to each address in a text that has not had one for this group; all of them or none.

    In: ``place``, the group's own or its organiser. Out: how many were new. Raises: NotAllowed; NotFound;
    BadInput when an address is wrong or they are more than the group's people; WrongState when it has closed.
    """
    may(actor, Permission.RUN_SELF_ASSESSMENTS, place).require()
    addresses = _checked(addresses_in(text))
    with change(actor, Event.PEOPLE_ASKED, about=str(key), place=place) as facts:
        row, campaign = _locked(actor, place, key, group)
        had = set(AskedPerson.scoped.at(actor, row.organiser).filter(group=row).values_list("email", flat=True))
        new = [address for address in addresses if address not in had]
        if len(had) + len(new) > row.asked_count:
            raise BadInput(TOO_MANY.format(asked=row.asked_count, had=len(had), new=len(new)))
        _send(actor, campaign, row, new)
        facts.update(group=str(row.key), asked=len(new))
    return Asked(len(new), len(addresses) - len(new))


def _checked(addresses: tuple[str, ...]) -> list[str]:
    good, wrong = [], []
    for address in addresses:
        try:
            good.append(address_of(address))
        except BadInput:
            wrong.append(address)
    if wrong:
        raise BadAddresses(wrong)
    return good


def _locked(actor: Viewer, place: str, key: UUID, group: UUID) -> tuple[AnsweringGroupRow, CampaignRow]:
    rows = AnsweringGroupRow.scoped.at(actor, organiser_of(place)).filter(key=group, campaign=key)
    if place != organiser_of(place):
        rows = rows.filter(place=place)
    row = rows.exclude(kind=GroupKind.POOLED).select_for_update().first()
    campaigns = CampaignRow.scoped.at(actor, organiser_of(place))
    campaign = campaigns.filter(key=key, removed_at=None).first()
    # The organiser asks in its own campaigns; in one that a unit has opened itself, the unit's page is the way.
    if row is None or campaign is None or (place != row.place and place != campaign.place):
        raise NotFound(NO_SUCH_PAGE)
    if campaign.closes_at <= datetime.now(UTC):
        raise WrongState(CLOSED)
    return row, campaign


def _send(actor: Viewer, campaign: CampaignRow, group: AnsweringGroupRow, addresses: list[str]) -> None:
    today = datetime.now(UTC).astimezone(swedish.SWEDEN).date()
    people = []
    for address in addresses:
        key = uuid4()
        person = AskedPerson(key=key, organiser=group.organiser, group=group, email=address, invited_on=today)
        person.link_hash = link_hash(link_token(key))
        people.append(person)
    AskedPerson.scoped.at(actor, group.organiser).bulk_create(people)
    facts = _facts(campaign, group)
    for person in people:
        body = render_to_string(
            "assessments/letters/asked.txt", {**facts, "address": link_address(link_token(person.key))}
        )
        letters.write(LetterKind.NOTICE, person.email, campaign.title, body, campaign.closes_at)


def _facts(campaign: CampaignRow, group: AnsweringGroupRow) -> dict[str, object]:
    return {
        "title": campaign.title,
        "place_name": place_name(group.place),
        "asks": place_name(campaign.place),
        "is_position": group.kind == GroupKind.POSITION,
        "opens": swedish.moment(campaign.opens_at) if campaign.opens_at > datetime.now(UTC) else "",
        "closes": swedish.moment(campaign.closes_at),
        "site": settings.SITE_ADDRESS,
    }


def remind(actor: Viewer, place: str, key: UUID) -> None:
    """Ask for a reminder to those who have had a link and not used it. Who they are nobody sees, here or later.

    Raises: NotAllowed; NotFound; WrongState when nobody has had a link, or one has been asked for today.
    """
    may(actor, Permission.RUN_SELF_ASSESSMENTS, place).require()
    with change(actor, Event.PEOPLE_REMINDED, about=str(key), place=place) as facts:
        rows = CampaignRow.scoped.at(actor, organiser_of(place)).filter(key=key, place=place, removed_at=None)
        campaign, now = rows.select_for_update().first(), datetime.now(UTC)
        if campaign is None:
            raise NotFound(NO_SUCH_PAGE)
        if not campaign.opens_at <= now < campaign.closes_at:
            raise WrongState(NOT_OPEN)
        if campaign.remind_asked_at is not None:
            raise WrongState(ON_ITS_WAY)
        _require_somebody(key, now)
        campaign.remind_asked_at = now
        campaign.save(update_fields=["remind_asked_at"])
        facts.update(asked_for=True)


def _require_somebody(key: UUID, now: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(asked), max(reminded_on) FROM styrkedjan_asked(%s)", [key])
        asked, reminded_on = cursor.fetchone()
    if not asked:
        raise WrongState(NOBODY_ASKED)
    if reminded_on == now.astimezone(swedish.SWEDEN).date():
        raise WrongState(REMINDED_TODAY)
