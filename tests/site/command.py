"""The ``styrkedjan`` command as its users run it: another process with a home of its own."""

import os
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
COMMAND = "import sys; from styrkedjan.site.cli import main; sys.exit(main())"


def environment(home: Path) -> dict[str, str]:
    """What the command sees: this home, and no database that a test has named."""
    kept = {key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE")}
    return kept | {"STYRKEDJAN_HOME": str(home), "PYTHONPATH": str(PROJECT)}


def start(home: Path, *arguments: object) -> subprocess.Popen:
    """Start a command and do not wait for it."""
    return subprocess.Popen(
        [sys.executable, "-c", COMMAND, *map(str, arguments)],
        env=environment(home),
        cwd=home,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(home: Path, *arguments: object) -> tuple[int, str, str]:
    """Run a command to its end: exit code, what it printed, and what it complained of."""
    command = start(home, *arguments)
    out, err = command.communicate(timeout=60)
    return command.returncode, out, err
