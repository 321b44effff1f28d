"""The ``styrkedjan`` command. Exit codes: 0 done, 2 refused with a reason in Swedish, 130 interrupted."""

import argparse
import ipaddress
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from styrkedjan.core.refused import Refused
from styrkedjan.site.cli import (
    assessments,
    audit,
    briefing,
    database,
    disclosure,
    federation,
    importing,
    letters,
    people,
    retention,
    serving,
)

REFUSED = 2
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code."""
    options = _parser().parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = options.run
    try:
        return run(options)
    except Refused as refusal:
        print(f"Det gick inte: {refusal.message}", file=sys.stderr)
        suggestions = getattr(refusal, "suggestions", ())
        if suggestions:
            print("Menade du något av det här?", file=sys.stderr)
            print("\n".join(f"  {suggestion}" for suggestion in suggestions), file=sys.stderr)
        return REFUSED
    except BrokenPipeError:  # the reader of a pipe, such as head, had seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("\nAvbrutet. Det som redan var klart finns kvar.", file=sys.stderr)
        return INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="styrkedjan",
        description="Det nationella kvalitetssystemet som programvara: från officiell statistik till ett underlag.",
    )
    commands = parser.add_subparsers(title="kommandon", required=True, metavar="KOMMANDO")

    command = commands.add_parser("import", help="läs in Underlag för analys från en fil eller adress")
    command.add_argument("file", metavar="FIL|ADRESS", help="en xlsx-fil, en adress till en, eller en PxWeb-tabell")
    command.add_argument("--lasar", metavar="LÄSÅR", action="append", default=[], help="bara detta läsår (PxWeb)")
    command.set_defaults(run=importing.run_import)

    command = commands.add_parser("underlag", help="gör ett underlag som PDF, eller alla huvudmäns")
    command.add_argument("place", metavar="NAMN|ORGNR|SKOLENHETSKOD", nargs="?", default="")
    command.add_argument("--lasar", metavar="LÄSÅR", help="läsår, till exempel 2024/25 (annars det senaste)")
    command.add_argument("--pdf", metavar="FIL", type=Path, help="filen att skriva (annars efter namnet)")
    command.add_argument("--all", metavar="MAPP", type=Path, dest="folder", help="alla huvudmäns underlag till en mapp")
    command.add_argument("--processer", metavar="ANTAL", type=_processes, default=0, help="så många i taget")
    command.set_defaults(run=briefing.run_briefing)

    command = commands.add_parser("demo", help="läs in en påhittad nation att prova med")
    command.add_argument("--if-empty", action="store_true", help="gör ingenting om statistik redan finns")
    command.set_defaults(run=importing.run_demo)

    command = commands.add_parser("serve", help="starta webbplatsen på den här datorn")
    command.add_argument("--port", type=_port, default=8700)
    command.add_argument("--adress", metavar="IP", type=_address, default="127.0.0.1", help="adress att lyssna på")
    command.add_argument("--demo", action="store_true", help="logga in genom att välja en påhittad person")
    command.add_argument("--processer", metavar="ANTAL", type=_processes, default=2)
    command.set_defaults(run=serving.run_serve)

    command = commands.add_parser("person", help="bjud in, lista och avsluta personer")
    people.add_commands(command)

    command = commands.add_parser("brev", help="skicka brev som väntar")
    letters.add_options(command)

    command = commands.add_parser("sjalvvardering", help="räkna självvärderingar vars tid är ute")
    assessments.add_options(command)

    command = commands.add_parser("audit", help="kontrollera att händelseloggen är orörd")
    audit.add_options(command)

    command = commands.add_parser("gallra", help="ta bort uppgifter vars tid är ute")
    retention.add_options(command)

    command = commands.add_parser("db", help="den inbyggda databasservern")
    command.add_argument("action", choices=["start", "stop", "status", "psql", "roller"])
    command.add_argument("rest", nargs=argparse.REMAINDER, help="vidare till psql")
    command.set_defaults(run=database.run_database)

    command = commands.add_parser("disclosure", help="röjandekontroll av en tabell: dölj celler och pröva mönstret")
    disclosure.add_commands(command)

    command = commands.add_parser("saml", help="inloggning genom en federation: nycklar, metadata och kontroll")
    command.add_argument("action", choices=["nycklar", "metadata", "kontroll"])
    command.set_defaults(run=federation.run_saml)
    return parser


def _address(text: str) -> str:
    try:
        return str(ipaddress.ip_address("127.0.0.1" if text == "localhost" else text))
    except ValueError:
        raise argparse.ArgumentTypeError("skriv en IP-adress, till exempel 127.0.0.1 eller 0.0.0.0") from None


def _port(text: str) -> int:
    return _number(text, 65_535)


def _processes(text: str) -> int:
    return _number(text, 256)


def _number(text: str, most: int) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= most:
        raise argparse.ArgumentTypeError(f"skriv ett heltal från 1 till {most}")
    return int(text)
