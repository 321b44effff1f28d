"""``styrkedjan serve``: the site on this machine, with the embedded database in the same command."""

import argparse
import errno
import os
import socket

from styrkedjan.core.access import ANYONE
from styrkedjan.core.refused import NotFound, WrongState, reason
from styrkedjan.site.checks import refuse_real_people_in_demo, refuse_unsafe_exposure
from styrkedjan.site.cli.assessments import tending_beside
from styrkedjan.site.cli.letters import sending_beside
from styrkedjan.site.exposure import Exposure
from styrkedjan.site.running import house

HEADERS_MILLISECONDS = 10_000  # for a visitor to send a request's first lines
STOP_SECONDS = 15  # for what is being answered; a process told to stop while it starts may not hear it, and is killed


def run_serve(options: argparse.Namespace) -> int:
    """Serve until interrupted. Prints the address and what to look at first."""
    exposure = _exposure(options)
    refuse_unsafe_exposure(exposure)
    _refuse_taken_port(options.adress, options.port)
    with house(as_site=True) as databases:
        if exposure.demo:
            refuse_real_people_in_demo(databases.owner)
        _say_where(exposure)
        with sending_beside(databases.owner), tending_beside(databases.owner):
            _serve(options.adress, options.port, options.processer)
    return 0


def _exposure(options: argparse.Namespace) -> Exposure:
    """How the site will be exposed. What the options say is put where settings and every process read it."""
    os.environ["STYRKEDJAN_BIND"] = options.adress
    os.environ.setdefault("STYRKEDJAN_ADDRESS", f"http://localhost:{options.port}")
    if options.demo:
        os.environ["STYRKEDJAN_DEMO"] = "1"
    return Exposure.read(os.environ)


def _refuse_taken_port(address: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            if error.errno == errno.EADDRNOTAVAIL:
                raise WrongState(f"den här datorn har inte adressen {address}. Välj en annan med --adress.") from error
            why = "används redan" if error.errno == errno.EADDRINUSE else f"går inte att använda: {reason(error)}"
            raise WrongState(f"port {port} {why}. Välj en annan med --port.") from error


def _say_where(exposure: Exposure) -> None:
    from styrkedjan.queries.places import largest_and_smallest
    from styrkedjan.queries.statistics import edition_facts

    base = exposure.address
    print(f"\nStyrkedjan är igång: {base}/\n")
    if exposure.demo:
        print(f"Demoläge: logga in som någon av de påhittade personerna på {base}/logga-in/\n")
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


def _serve(address: str, port: int, processes: int) -> None:
    from django.db import connections
    from granian import Granian
    from granian.constants import HTTPModes, Interfaces
    from granian.http import HTTP1Settings

    connections.close_all()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "styrkedjan.site.settings")
    Granian(
        "styrkedjan.site.wsgi:application",
        address=address,
        port=port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEADERS_MILLISECONDS),
        websockets=False,
        workers=processes,
        blocking_threads=4,
        workers_kill_timeout=STOP_SECONDS,
        log_enabled=False,
    ).serve()
