"""``styrkedjan audit verify``: work every chain of the audit trail out anew, and say what has been touched."""

import argparse
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from styrkedjan.core.refused import BadInput, WrongState, reason
from styrkedjan.site.running import house

TOUCHED = 1
HOUSE = "huset"  # the chain of what belongs to no organiser
Heads = dict[str, dict]


def add_options(command: argparse.ArgumentParser) -> None:
    """What the command takes."""
    command.add_argument("action", choices=["verify"])
    command.add_argument("--heads", metavar="FIL", type=Path, help="jämför med kedjehuvuden som sparats tidigare")
    command.add_argument("--write-heads", metavar="FIL", type=Path, help="skriv kedjehuvudena till en fil att spara")
    command.set_defaults(run=run_audit)


def run_audit(options: argparse.Namespace) -> int:
    """Verify every chain. Answers 1 when something has been changed, removed or put in afterwards."""
    kept = _read(options.heads) if options.heads else {}
    with house():
        told, heads = _verify(kept)
    if options.write_heads and not told:
        _write(options.write_heads, heads)
    if told:
        print(f"{told} fel i händelseloggen. Ändra ingenting, spara en kopia av databasen och ta reda på vad som hänt.")
        return TOUCHED
    print("Händelseloggen är hel.")
    return 0


def _verify(kept: Heads) -> tuple[int, Heads]:
    from styrkedjan.core.access import OPERATOR
    from styrkedjan.queries.access import trail

    told, heads, seen = 0, {}, set()
    for report in trail.verified(OPERATOR):
        name = report.organiser or HOUSE
        seen.add(name)
        lines = [*_problems(report), *_against(report, kept.get(name))]
        _print(report, name, lines)
        told += len(lines)
        if report.head:
            heads[name] = {"sequence": report.head.last_sequence, "hash": report.head.last_hash}
    for name in sorted(kept.keys() - seen):
        print(f"{name}: hela kedjan saknas")
        told += 1
    return told, heads


def _print(report, name: str, lines: list[str]) -> None:  # noqa: ANN001  (a ChainReport, whose module needs Django)
    from styrkedjan.render.swedish import moment, plural

    span = ""
    if report.first_at and report.last_at:
        span = f", {moment(report.first_at)} till {moment(report.last_at)}"
    title = f"{name} {report.name}".strip()
    print(f"{title}: {plural(report.count, 'händelse', 'händelser')}{span}: {'fel' if lines else 'hel'}")
    for line in lines:
        print(f"  {line}")


def _problems(report) -> Iterator[str]:  # noqa: ANN001
    from styrkedjan.pages.layout.environment import words

    for problem in report.problems:
        yield f"rad {problem.sequence}: {words()(f'trail.problem.{problem.kind}')}"


def _against(report, kept: dict | None) -> Iterator[str]:  # noqa: ANN001
    """What a chain that was rewritten whole gives away: the row that was once its last has another hash."""
    from styrkedjan.core.access import OPERATOR
    from styrkedjan.queries.access import trail

    if kept is None:
        return
    weeded = report.head is not None and kept["sequence"] < report.head.first_sequence
    if not weeded and trail.hash_at(OPERATOR, report.organiser, kept["sequence"]) != kept["hash"]:
        yield f"rad {kept['sequence']}: är inte den som var sist i filen med kedjehuvuden; kedjan är omskriven"


def _read(path: Path) -> Heads:
    try:
        chains = json.loads(path.read_text("utf-8"))["chains"]
        return {name: {"sequence": int(each["sequence"]), "hash": str(each["hash"])} for name, each in chains.items()}
    except OSError as error:
        raise WrongState(f"{path} går inte att läsa: {reason(error)}.") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadInput(f"{path} är ingen fil med kedjehuvuden. Ange en som --write-heads har skrivit.") from error


def _write(path: Path, heads: Heads) -> None:
    whole = {"made_at": datetime.now(UTC).isoformat(timespec="seconds"), "chains": heads}
    try:
        path.write_text(json.dumps(whole, indent=2, sort_keys=True) + "\n", "utf-8")
    except OSError as error:
        raise WrongState(f"{path} går inte att skriva: {reason(error)}. Ingen fil har ändrats.") from error
    print(f"Kedjehuvudena är skrivna till {path}. Spara filen på ett annat ställe än databasen.")
