"""The ``styrkedjan`` command as its users run it: another process with a home of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
COMMAND = "import sys; from styrkedjan.site.cli import main; sys.exit(main())"
# Everything is imported once, and then each line on stdin is a command in a process of its own: its work alone.
# Nothing has been computed before the fork, so that no thread is lost in it.
FORKS = """
import json, os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "styrkedjan.site.settings"
from styrkedjan.site.cli import main
import httpx, rapidfuzz, python_calamine, django.db.models, django.core.management
import styrkedjan.data.store, styrkedjan.data.catalogue, styrkedjan.data.sources.ufa_workbook
for line in sys.stdin:
    pid = os.fork()
    if not pid:
        os.dup2(2, 1)
        os._exit(main(json.loads(line)))
    print(pid, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
"""
EACH = """
import contextlib, io, json, sys
from styrkedjan.site.cli import main
for arguments in json.load(sys.stdin):
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()) as err:
        code = main(arguments)
    print(json.dumps([code, err.getvalue()]))
"""


def environment(home: Path) -> dict[str, str]:
    """What the command sees: this home, and no database that a test has named."""
    kept = {key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE")}
    return kept | {"STYRKEDJAN_HOME": str(home), "PYTHONPATH": str(PROJECT)}


def start(home: Path, *arguments: object, script: str = COMMAND, errors: int = subprocess.PIPE) -> subprocess.Popen:
    """Start a command and do not wait for it."""
    return subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)],
        env=environment(home),
        cwd=home,
        stdin=subprocess.DEVNULL if script == COMMAND else subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        text=True,
    )


def run(home: Path, *arguments: object) -> tuple[int, str, str]:
    """Run a command to its end: exit code, what it printed, and what it complained of."""
    command = start(home, *arguments)
    out, err = command.communicate(timeout=60)
    return command.returncode, out, err


def run_each(home: Path, *commands: tuple[str, ...]) -> list[tuple[int, str]]:
    """Run several commands in one process, one after the other: exit code and complaint of each."""
    process = start(home, script=EACH)
    out, err = process.communicate(json.dumps(commands), timeout=60)
    assert process.returncode == 0, err
    return [tuple(json.loads(line)) for line in out.splitlines()]


class Forks:
    """Commands that start at once, each in a process of its own, to be killed at any moment of their work."""

    def __init__(self, home: Path) -> None:
        self.parent = start(home, script=FORKS, errors=subprocess.DEVNULL)

    def begin(self, *arguments: object) -> int:
        """Begin a command and give its process id."""
        self.parent.stdin.write(json.dumps([str(argument) for argument in arguments]) + "\n")
        self.parent.stdin.flush()
        return int(self.parent.stdout.readline())

    def ended(self) -> int:
        """Wait for the command that was begun: its exit code, negative when a signal ended it."""
        return int(self.parent.stdout.readline())

    def __enter__(self) -> "Forks":
        return self

    def __exit__(self, *_problem: object) -> None:
        self.parent.communicate(timeout=60)
