"""A home with campaigns to answer: a short one, a whole one, and one that only the principal answers."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import PROJECT


@dataclass(frozen=True)
class Codes:
    """The codes of the groups."""

    short: str
    long: str
    position: str


@contextmanager
def made_campaigns(home: Path) -> Iterator[tuple[Codes, str]]:
    """The codes, and the owner's way into the database, which runs as long as the block.

    Django lives in a process of its own: this one has its database elsewhere, or none.
    """
    keeper = subprocess.Popen(
        [sys.executable, "-m", "tests.journeys.answering_site"],
        env={**os.environ, "STYRKEDJAN_HOME": str(home), "DATABASE_URL": ""},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=PROJECT,
    )
    assert keeper.stdin is not None and keeper.stdout is not None
    told = json.loads(keeper.stdout.readline())
    owner = told.pop("owner")
    try:
        yield Codes(**told), owner
    finally:
        keeper.communicate("", timeout=30)


def main() -> None:
    """Make them, tell of them, and keep the database until whoever started this has ended."""
    from styrkedjan.core.catalogue import ChainLevel
    from styrkedjan.site import postgres
    from tests.benchmarks.sign_in import as_tester
    from tests.campaigns import TEACHING, UNIT, open_for

    principal = ChainLevel.PRINCIPAL
    home = Path(os.environ["STYRKEDJAN_HOME"])
    with as_tester(home):
        short = open_for(rows=3, asked={(UNIT, TEACHING): 12}, title="Tre frågor")
        long = open_for(asked={(UNIT, TEACHING): 30, (UNIT, principal): 1})
        told = {"short": short.code(), "long": long.code(), "position": long.code(UNIT, principal)}
        print(json.dumps({**told, "owner": postgres.status(home).owner_dsn}), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
