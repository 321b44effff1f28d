"""``styrkedjan person``: invite the first people, see who has a role, and help who is locked out or has gone."""

import argparse
from datetime import date

from styrkedjan.core.access import OPERATOR, Role
from styrkedjan.core.people import Wanted, last_day
from styrkedjan.core.places import NATION
from styrkedjan.render.swedish import date as written
from styrkedjan.site.running import house

# What the operator types for each role.
ROLES = {
    "kvalitetsansvarig": Role.QUALITY_LEAD,
    "skolchef": Role.SUPERINTENDENT,
    "dialogledare": Role.DIALOGUE_LEAD,
    "analytiker": Role.ANALYST,
    "katalogredaktor": Role.CATALOGUE_EDITOR,
    "driftansvarig": Role.OPERATOR,
}


def add_commands(parser: argparse.ArgumentParser) -> None:
    """The sub-commands and what they take."""
    commands = parser.add_subparsers(title="vad", required=True, metavar="VAD")
    command = commands.add_parser("bjud-in", help="bjud in en person till en roll")
    command.add_argument("email", metavar="E-POST")
    command.add_argument("name", metavar="NAMN")
    command.add_argument("--roll", dest="role", choices=list(ROLES), required=True)
    command.add_argument("--plats", dest="place", metavar="ORGNR|skolverket|spsm|riket", default="riket")
    command.add_argument("--till", dest="last_day", metavar="ÅÅÅÅ-MM-DD", type=_day, help="sista dagen, om någon")
    command.set_defaults(run=run_invite)

    command = commands.add_parser("lista", help="nationella roller, eller en huvudmans")
    command.add_argument("place", metavar="ORGNR", nargs="?", default="")
    command.set_defaults(run=run_list)

    command = commands.add_parser("avsluta", help="avsluta en persons alla roller och logga ut personen överallt")
    command.add_argument("email", metavar="E-POST")
    command.set_defaults(run=run_end)

    command = commands.add_parser("nollstall-faktorer", help="ta bort en persons passkeys och koder")
    command.add_argument("email", metavar="E-POST")
    command.set_defaults(run=run_reset)


def run_invite(options: argparse.Namespace) -> int:
    """Invite; without an e-mail server the link is printed for the operator to hand over."""
    place = NATION if options.place == "riket" else options.place.replace("-", "").lower()
    with house():
        from django.conf import settings

        from styrkedjan.actions.access import invitations

        wanted = Wanted(options.email, options.name, ROLES[options.role], place, last_day=options.last_day)
        invited = invitations.invite(OPERATOR, wanted)
        if settings.SMTP:
            print("Inbjudan skickas. Länken i brevet gäller i fjorton dagar och kan användas en gång.")
        else:
            print("Ingen e-postserver är inställd. Lämna över länken själv; den gäller i fjorton dagar, en gång:")
            print(invited.address)
    return 0


def run_list(options: argparse.Namespace) -> int:
    """List who has a role: nationally, or at one organiser."""
    with house():
        from styrkedjan.queries.access.people import national_people, people_at
        from styrkedjan.queries.catalogue import catalogue

        place = options.place.replace("-", "")
        members = people_at(OPERATOR, place) if place else national_people(OPERATOR).members
        words = catalogue().words["sv"]
        for member in members:
            print(f"{member.name} <{member.email}>")
            for role in member.roles:
                until = f" till {written(last_day(role.ends_at))}" if role.ends_at else ""
                print(f"  {words[f'role.{role.role}']}, {role.place_name}{until}")
        if not members:
            print("Ingen har någon roll där.")
    return 0


def run_end(options: argparse.Namespace) -> int:
    """End every role of a person."""
    with house():
        from styrkedjan.actions.access import people

        ended = people.end_everything(OPERATOR, options.email)
        print(f"Avslutade roller: {ended}. Personen är utloggad överallt.")
    return 0


def run_reset(options: argparse.Namespace) -> int:
    """Take away a person's second factors."""
    with house():
        from styrkedjan.actions.access import people

        people.reset_factors(OPERATOR, options.email)
        print("Passkeys, engångskoder och reservkoder är borttagna. Personen är utloggad och får ett brev om det.")
    return 0


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("skriv dagen som 2027-06-30") from None
