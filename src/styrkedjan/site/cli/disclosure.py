"""``styrkedjan disclosure``: hide cells in a table in the field's own format, and attack what was hidden."""

import argparse
import json
import os
import time
from pathlib import Path
from tempfile import NamedTemporaryFile

from styrkedjan.core.disclosure.auditor import Audit, audit
from styrkedjan.core.disclosure.cells import Table
from styrkedjan.core.disclosure.jj import read_jj
from styrkedjan.core.disclosure.suppression import Pattern, suppress
from styrkedjan.core.refused import BrokenData, Spot, WrongState, reason
from styrkedjan.site.cli.quiet import solver_silent

NOT_PROTECTED = 1


def add_commands(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    commands = parser.add_subparsers(title="kommandon", required=True, metavar="KOMMANDO")
    command = commands.add_parser("suppress", help="välj vilka celler i en tabell som ska döljas")
    command.add_argument("file", metavar="FIL.jj", type=Path, help="tabellen i JJ-format")
    command.add_argument("--out", metavar="MÖNSTER.json", type=Path, required=True, help="filen att skriva")
    command.add_argument("--heuristic", action="store_true", help="det snabba mönstret i stället för det lättaste")
    command.add_argument("--sekunder", metavar="ANTAL", type=_seconds, default=60.0, help="så länge får det ta (60)")
    command.set_defaults(run=run_suppress)
    command = commands.add_parser("audit", help="pröva vad ett mönster röjer; svarar 1 när en cell inte är skyddad")
    command.add_argument("file", metavar="FIL.jj", type=Path, help="tabellen i JJ-format")
    command.add_argument("pattern", metavar="MÖNSTER.json", type=Path, help="mönstret att pröva")
    command.set_defaults(run=run_audit)


def run_suppress(options: argparse.Namespace) -> int:
    """Choose the cells to hide and write the pattern, whole or not at all."""
    table = _table(options.file)
    with solver_silent():
        pattern = suppress(table, heuristic=options.heuristic, seconds=options.sekunder, clock=time.monotonic)
    _write(options.out, pattern)
    how = "lättast möjliga" if pattern.proven_optimal else f"minst möjliga är {pattern.bound:g} eller mer"
    print(f"{len(pattern.suppressed)} av {len(table.cells)} celler döljs, vikt {pattern.weight:g} ({how}).")
    print(f"Mönstret är skrivet till {options.out}.")
    return 0


def run_audit(options: argparse.Namespace) -> int:
    """Attack a pattern and print what comes out, as JSON. Answers 1 when a cell is not protected."""
    table = _table(options.file)
    suppressed = _suppressed(options.pattern)
    with solver_silent():
        found = audit(table, suppressed)
    print(json.dumps(_report(found), indent=1))
    return 0 if found.protected else NOT_PROTECTED


def _report(found: Audit) -> dict:
    def bound(value: float) -> float | None:
        return value if abs(value) != float("inf") else None  # JSON has no infinity: null says that there is no bound

    cells = [
        {"id": each.id, "lower": bound(each.lower), "upper": bound(each.upper), "protected": each.protected}
        for each in found.intervals
    ]
    return {"protected": found.protected, "cells": cells}


def _table(path: Path) -> Table:
    return read_jj(_read(path), path.name)


def _suppressed(path: Path) -> frozenset[int]:
    spot = Spot(path.name)
    try:
        ids = json.loads(_read(path))["suppressed"]
    except (ValueError, KeyError, TypeError) as error:
        raise BrokenData("filen är inget mönster; den ska vara JSON med listan suppressed.", spot) from error
    if not isinstance(ids, list) or not all(type(each) is int for each in ids):
        raise BrokenData("suppressed ska vara en lista med cellernas nummer.", spot)
    return frozenset(ids)


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise WrongState(f"{path} går inte att läsa: {reason(error)}.") from error
    except UnicodeDecodeError as error:
        raise BrokenData("filen är inte text i UTF-8.", Spot(path.name)) from error


def _write(path: Path, pattern: Pattern) -> None:
    whole = {
        "suppressed": sorted(pattern.suppressed),
        "weight": pattern.weight,
        "proven_optimal": pattern.proven_optimal,
        "bound": pattern.bound,
    }
    try:
        with NamedTemporaryFile("w", dir=path.parent, prefix=f".{path.name}.", delete=False, encoding="utf-8") as file:
            beside = Path(file.name)
            try:
                file.write(json.dumps(whole) + "\n")
                file.flush()
                os.fsync(file.fileno())
                beside.chmod(0o644)
                beside.replace(path)
            except BaseException:
                beside.unlink(missing_ok=True)
                raise
    except OSError as error:
        raise WrongState(f"{path} går inte att skriva: {reason(error)}. Ingen fil har ändrats.") from error


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise argparse.ArgumentTypeError("skriv ett antal sekunder, till exempel 60")
    return seconds
