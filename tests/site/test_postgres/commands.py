"""Other commands that use a server, and other ways of knowing what it does than the supervisor's own."""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import psycopg
import pytest

from styrkedjan.site import postgres

AS_ROOT = os.geteuid() == 0
needs_root = pytest.mark.skipif(not AS_ROOT, reason="only root can step down to another user")
needs_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")

commands: list[subprocess.Popen] = []

USE_UNTIL_TOLD = """
with postgres.running(home) as server:
    print(server.pid, flush=True)
    sys.stdin.readline()
"""

# Done inside the command, since another user may not reach this Python when it is root's own.
BECOME_NOBODY = """
import pwd
nobody = pwd.getpwnam("nobody")
os.setgroups([]), os.setgid(nobody.pw_gid), os.setuid(nobody.pw_uid)
os.environ.pop("HOME", None)
"""


def script(body: str, home: Path, program: Sequence[str] = (sys.executable,), **options) -> subprocess.Popen:
    """Another command that uses the server of this home."""
    head = "import sys, os, psycopg\nfrom pathlib import Path\nfrom styrkedjan.site import postgres\n"
    head += "from styrkedjan.core.refused import Refused\nhome = Path(sys.argv[1])\n"
    command = subprocess.Popen(
        [*program, "-c", head + body, str(home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd="/",
        **options,
    )
    commands.append(command)
    return command


def ended(process: subprocess.Popen) -> str:
    """What a command printed; fails with its traceback when it did not end well."""
    out, err = process.communicate("\n", timeout=20)
    assert process.returncode == 0, err
    return out.strip()


def server_processes(data: Path) -> list[int]:
    """Servers of this data folder by their command line: another way of knowing than the supervisor's."""
    found = subprocess.run(["ps", "-ww", "-eo", "pid=,args="], capture_output=True, text=True).stdout
    words = [line.split() for line in found.splitlines()]
    return [int(line[0]) for line in words if "postgres" in line[1] and str(data) in line]


def standing_in(data: Path) -> list[int]:
    """All processes of this data folder by where they stand, also those whose command line does not name it."""
    found = subprocess.run(["find", "/proc", "-maxdepth", "2", "-name", "cwd", "-lname", data], capture_output=True)
    return [int(line.split("/")[2]) for line in found.stdout.decode().splitlines()]


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


def ask(server: postgres.Server, question: str, dsn: str = ""):
    with psycopg.connect(dsn or server.owner_dsn) as connection:
        answer = connection.execute(question)
        return answer.fetchone() if answer.description else None
