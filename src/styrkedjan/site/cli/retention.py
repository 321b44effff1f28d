"""``styrkedjan gallra``: remove what has had its time, or one person's data."""

import argparse
from uuid import UUID

from styrkedjan.core.refused import BadInput
from styrkedjan.site.running import house

PERSON = "person"


def add_options(command: argparse.ArgumentParser) -> None:
    """What the command takes."""
    command.add_argument("what", metavar="person", choices=[PERSON], nargs="?", help="ta bort en persons uppgifter")
    command.add_argument("key", metavar="NYCKEL", nargs="?", help="personens nyckel")
    command.add_argument("--prova", action="store_true", dest="trial", help="räkna bara, ta inte bort någonting")
    command.set_defaults(run=run_retention)


def run_retention(options: argparse.Namespace) -> int:
    """Follow every retention rule once, or remove one person."""
    if options.what == PERSON:
        return _remove(options.key, options.trial)
    with house():
        from django.conf import settings

        from styrkedjan.actions.access import retention
        from styrkedjan.core.access import OPERATOR
        from styrkedjan.data.catalogue import load_privacy
        from styrkedjan.pages.layout.environment import words
        from styrkedjan.render.privacy import rule_words

        counts = retention.run(OPERATOR, trial=options.trial)
        print("Det här skulle gallras:" if options.trial else "Gallrat:")
        for table in load_privacy(settings.CATALOGUE):
            for rule in table.rules:
                print(f"  {counts[rule.id]:>9}  {table.about}: {rule_words(rule, words())}")
        if options.trial:
            print("Ingenting har ändrats.")
    return 0


def _remove(key: str | None, trial: bool) -> int:
    try:
        person = UUID(key or "")
    except ValueError:
        raise BadInput("Skriv personens nyckel efter person. Den står i händelseloggen och i `person lista`.") from None
    if trial:
        raise BadInput("--prova gäller gallringen av det vars tid är ute, inte en viss person. Inget har ändrats.")
    with house():
        from styrkedjan.actions.access import privacy
        from styrkedjan.core.access import OPERATOR

        privacy.remove(OPERATOR, person)
        print("Personens uppgifter är borttagna. I händelseloggen finns nyckeln kvar, utan namn.")
    return 0
