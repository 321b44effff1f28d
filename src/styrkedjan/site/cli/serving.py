"""``styrkedjan serve``: the site on this machine, with the embedded database in the same command."""

import argparse
import errno
import os
import socket

from styrkedjan.core.access import ANYONE
from styrkedjan.core.refused import NotFound, WrongState, reason
from styrkedjan.site.running import house

ADDRESS = "127.0.0.1"


def run_serve(options: argparse.Namespace) -> int:
    """Serve until interrupted. Prints the address and what to look at first."""
    _refuse_taken_port(options.port)
    with house():
        _say_where(options.port)
        _serve(options.port, options.processer)
    return 0


def _refuse_taken_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, port))
        except OSError as error:
            why = "används redan" if error.errno == errno.EADDRINUSE else f"går inte att använda: {reason(error)}"
            raise WrongState(f"port {port} {why}. Välj en annan med --port.") from error


def _say_where(port: int) -> None:
    from styrkedjan.queries.places import largest_and_smallest
    from styrkedjan.queries.statistics import edition_facts

    base = f"http://{ADDRESS}:{port}"
    print(f"\nStyrkedjan är igång: {base}/\n")
    try:
        facts = edition_facts(ANYONE)
    except NotFound as nothing:
        print(f"{nothing.message}\n", flush=True)
        return
    nation = "den påhittade nationen" if facts.invented else "officiell statistik"
    years = [str(year) for year in facts.school_years]
    print(f"Inläst: {nation}, {'läsåret' if len(years) == 1 else 'läsåren'} {', '.join(years)}.\nTitta först på:")
    largest, smallest = largest_and_smallest(ANYONE)
    if largest:
        print(f"  {base}/huvudman/{largest.key}/            läget hos {largest.name}, med många enheter")
        print(f"  {base}/huvudman/{largest.key}/underlag/   underlaget, som sida och som PDF")
    if smallest:
        print(f"  {base}/huvudman/{smallest.key}/            läget hos {smallest.name}, med en enda enhet")
    print(f"  {base}/data/                             vad som är inläst och vad som har ändrats")
    print("\nAvsluta med Ctrl+C.", flush=True)


def _serve(port: int, processes: int) -> None:
    from django.db import connections
    from granian import Granian
    from granian.constants import Interfaces

    connections.close_all()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "styrkedjan.site.settings")
    Granian(
        "styrkedjan.site.wsgi:application",
        address=ADDRESS,
        port=port,
        interface=Interfaces.WSGI,
        workers=processes,
        blocking_threads=4,
        log_enabled=False,
    ).serve()
