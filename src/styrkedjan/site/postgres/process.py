"""The server process: making the data, starting, knowing whether it lives, stopping."""

import contextlib
import hashlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo

from styrkedjan.core.refused import Refused, WrongState
from styrkedjan.site.postgres.binaries import SETTING, Binaries, chosen, system, within_reach
from styrkedjan.site.postgres.cluster import PORT, Cluster, disk_full, private_folder

DATABASE = ROLE = "styrkedjan"
OWNER = "styrkedjan_owner"
ADMIN = "postgres"

START_SECONDS = 30.0
START_TRIES = 3
SMART_SECONDS, FAST_SECONDS, IMMEDIATE_SECONDS = 0.3, 20.0, 5.0
ORPHAN_SECONDS, ORPHAN_QUIT_SECONDS = 1.0, 10.0
PAUSE = 0.005
LOG_LIMIT = 10_000_000

PROC = Path("/proc")
HAS_PROC = (PROC / "self" / "stat").exists()

SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "64MB",
    "fsync": "on",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "logging_collector": "off",
    "log_destination": "stderr",
    "log_checkpoints": "off",
    # Statements and rows can hold what people have answered: the log keeps the error and nothing of them.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}


@dataclass(frozen=True)
class Server:
    """A server that answers.

    ``dsn`` is for the site's role, which owns nothing; ``owner_dsn`` for the role that owns the database and everything
    in it, and that migrations and the operator's commands run as; ``admin_dsn`` for the superuser.
    """

    socket_dir: Path
    port: int
    data_dir: Path
    pid: int
    version: str

    @property
    def dsn(self) -> str:
        return self._for(ROLE, DATABASE)

    @property
    def owner_dsn(self) -> str:
        return self._for(OWNER, DATABASE)

    @property
    def admin_dsn(self) -> str:
        return self._for(ADMIN, "postgres")

    def _for(self, role: str, database: str) -> str:
        return make_conninfo(host=str(self.socket_dir), port=self.port, user=role, dbname=database)


@dataclass(frozen=True)
class _PidFile:
    pid: int
    socket_dir: Path
    port: int
    ready: bool


def bring_up(cluster: Cluster) -> Server:
    """The server of a cluster, started when it is not running. The caller holds ``starting_or_stopping``."""
    until, tries = time.monotonic() + START_SECONDS, 0
    pid = living(cluster)
    while time.monotonic() < until:
        if pid is None or not _alive(pid):
            if tries == START_TRIES:
                raise _not_started(cluster, "startar inte")
            pid, tries = living(cluster) or _spawn(cluster), tries + 1
        if server := _ready(cluster, pid):
            return server
        time.sleep(PAUSE)
    raise _not_started(cluster, f"svarar inte efter {START_SECONDS:.0f} sekunder")


def shut_down(cluster: Cluster) -> bool:
    """Stop the server: first politely, then its clients too. Out: False when none was running."""
    pid = living(cluster)
    if pid is None:
        return False
    steps = {signal.SIGTERM: SMART_SECONDS, signal.SIGINT: FAST_SECONDS, signal.SIGQUIT: IMMEDIATE_SECONDS}
    for order, seconds in steps.items():
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, order)
        if _wait(lambda: not _alive(pid), seconds):
            _leave_nothing_outside(cluster)
            return True
    raise WrongState(
        f"Databasen i {cluster.folder} (process {pid}) går inte att stoppa. Det som är sparat finns kvar. "
        "Vänta en stund och försök igen."
    )


def _leave_nothing_outside(cluster: Cluster) -> None:
    socket_dir = cluster.socket_dir
    if not socket_dir.is_relative_to(cluster.folder):
        with contextlib.suppress(OSError):
            socket_dir.rmdir()


def answering(cluster: Cluster) -> Server | None:
    """The server of a cluster when one is running and answers."""
    pid, found = living(cluster), _pid_file(cluster.data)
    if pid is None or found is None or not found.ready:
        return None
    try:
        with _connected(found) as connection:
            return _server(cluster, found, connection)
    except psycopg.OperationalError:
        return None


def living(cluster: Cluster) -> int | None:
    """The id of the cluster's postmaster when it lives. A file with a number in it is not believed alone."""
    found = _pid_file(cluster.data)
    if found is None:
        return None
    lives = _serves(found.pid, cluster.data) if HAS_PROC else _answers_signals(found.pid)
    return found.pid if lives else None


def _spawn(cluster: Cluster) -> int:
    if cluster.data.exists():
        binaries = _same_major(cluster)
        _clear_remains(cluster)
    else:
        binaries = within_reach(chosen(), cluster)
        _make_data(cluster, binaries)
    private_folder(cluster.socket_dir, cluster.owner)
    settings = SETTINGS | {"unix_socket_directories": str(cluster.socket_dir), "cluster_name": _mark(cluster.data)}
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    # The shell leaves the server to the system: it is no child of ours, outlives us, and is no zombie of ours.
    command = ["/bin/sh", "-c", '"$@" >&2 & echo $!', "sh", binaries.program("postgres")]
    with _log(cluster) as log, cluster.way_to(cluster.data) as (data, way):
        answer = subprocess.run(  # noqa: S603
            [*command, "-D", data, *options],
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,
            check=True,
            **way,
            **cluster.owner.as_owner(),
        )
    return int(answer.stdout)


def _ready(cluster: Cluster, pid: int) -> Server | None:
    """The server once it takes connections and has its roles and database; None until then."""
    found = _pid_file(cluster.data)
    if found is None or found.pid != pid or not found.ready:
        return None
    try:
        with _connected(found) as connection:
            _make_roles_and_database(connection)
            _give_to_owner(connection, found)
            return _server(cluster, found, connection)
    except psycopg.OperationalError as error:
        if "No space left" in str(error):
            raise disk_full(cluster.folder) from error
        return None


def _make_roles_and_database(connection: psycopg.Connection) -> None:
    # Looked for at every start: a command may have been killed between making the data and this.
    for role in (ROLE, OWNER):
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
            connection.execute(f"CREATE ROLE {role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS")
    if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
        connection.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER}")


def _give_to_owner(connection: psycopg.Connection, found: _PidFile) -> None:
    """Give the owner what the site's role owned when there was one role for everything: the database and all in it."""
    owns = "SELECT 1 FROM pg_database WHERE datname = %s AND pg_get_userbyid(datdba) = %s"
    if connection.execute(owns, [DATABASE, ROLE]).fetchone():
        with _connected(found, DATABASE) as inside:
            inside.execute(f"REASSIGN OWNED BY {ROLE} TO {OWNER}")


def _make_data(cluster: Cluster, binaries: Binaries) -> None:
    """Make the data beside its place and move it there whole: half a database never has the right name."""
    fresh = cluster.folder / "data.new"
    if fresh.exists():
        shutil.rmtree(fresh)
    private_folder(fresh, cluster.owner)
    how = ["--username", ADMIN, "--auth-local=trust", "--auth-host=reject", "--no-instructions"]
    with cluster.way_to(fresh) as (data, way):
        command = [binaries.program("initdb"), "--pgdata", data, *how, *_letters(binaries.major)]
        answer = subprocess.run(  # noqa: S603
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **way, **cluster.owner.as_owner()
        )
    if answer.returncode == 0:
        fresh.rename(cluster.data)
        return
    shutil.rmtree(fresh)
    said = answer.stdout.decode(errors="replace")
    if "No space left" in said:
        raise disk_full(cluster.folder)
    raise Refused(
        f"Det gick inte att skapa en databas i {cluster.folder}. Ingenting är ändrat. PostgreSQL svarade:\n"
        + "\n".join(said.splitlines()[-10:])
    )


def _letters(major: int) -> list[str]:
    """UTF-8 sorted by code point, the same everywhere, but with Å, Ä and Ö known as letters with two cases."""
    if major >= 17:
        return ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    return ["--encoding=UTF8", "--locale=C", "--lc-ctype=C.UTF-8"]


def _same_major(cluster: Cluster) -> Binaries:
    binaries = chosen(cluster.major)
    if binaries.major == cluster.major:
        return within_reach(binaries, cluster)
    other = system(cluster.major)
    way = f"{SETTING}=system" if other and other.major == cluster.major else f"{SETTING} till mappen med dess program"
    raise WrongState(
        f"Databasen i {cluster.data} är skapad med PostgreSQL {cluster.major}, men programmen i {binaries.folder} är "
        f"PostgreSQL {binaries.major}. Ingenting är ändrat. Fortsätt med PostgreSQL {cluster.major} (sätt {way}), "
        "eller säkerhetskopiera med den versionen och läs in kopian i en ny mapp."
    )


def _clear_remains(cluster: Cluster) -> None:
    """Wait for, then end, what a killed server left behind. The caller knows that no postmaster lives."""
    if not HAS_PROC:
        return
    if not _wait(lambda: not _orphans(cluster.data), ORPHAN_SECONDS):
        for pid in _orphans(cluster.data):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGQUIT)
        if not _wait(lambda: not _orphans(cluster.data), ORPHAN_QUIT_SECONDS):
            raise _not_started(cluster, "har kvar delar av en dödad server (de slutar snart av sig själva)")
    # The server removes its old files itself, unless the number in them now belongs to somebody else, or to a dead
    # process that the system has not cleared away yet: then it would believe that it is already running.
    found = _pid_file(cluster.data)
    if found and _answers_signals(found.pid):
        (cluster.data / "postmaster.pid").unlink()
    (cluster.socket_dir / f".s.PGSQL.{PORT}.lock").unlink(missing_ok=True)


def _pid_file(data: Path) -> _PidFile | None:
    """What postmaster.pid says: id, folder, start time, port, socket folder, address, shared memory, state."""
    try:
        lines = (data / "postmaster.pid").read_text().split("\n")
        ready = len(lines) > 7 and lines[7].strip() == "ready"
        return _PidFile(int(lines[0]), Path(lines[4]), int(lines[3]), ready)
    except (FileNotFoundError, ValueError, IndexError):
        return None


def _mark(data: Path) -> str:
    """What all processes of a server have in their name: its data folder, known also where it has been moved to."""
    found = data.stat()
    return f"styrkedjan-{hashlib.sha256(b'%d %d' % (found.st_dev, found.st_ino)).hexdigest()[:16]}"


def _serves(pid: int, data: Path) -> bool:
    """Whether a process is a PostgreSQL process of this data folder, which all of them stand in."""
    try:
        if (PROC / str(pid) / "comm").read_text().strip() != "postgres" or not _alive(pid):
            return False
        return (PROC / str(pid) / "cwd").samefile(data)
    except PermissionError:
        # In a container even root may not see where another user's process stands, but all may see what it is called.
        return _mark(data).encode() in (PROC / str(pid) / "cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return False


def _orphans(data: Path) -> list[int]:
    return [int(entry.name) for entry in PROC.iterdir() if entry.name.isdigit() and _serves(int(entry.name), data)]


def _alive(pid: int) -> bool:
    """Whether a process runs. One that is dead but not yet cleared away by the system does not."""
    if not HAS_PROC:
        return _answers_signals(pid)
    try:
        state = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in ("Z", "X")


def _answers_signals(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except ProcessLookupError:
        return False
    return True


def _connected(found: _PidFile, database: str = "postgres") -> psycopg.Connection:
    return psycopg.connect(
        host=str(found.socket_dir), port=found.port, user=ADMIN, dbname=database, autocommit=True, connect_timeout=5
    )


def _server(cluster: Cluster, found: _PidFile, connection: psycopg.Connection) -> Server:
    major, minor = divmod(connection.info.server_version, 10_000)
    return Server(found.socket_dir, found.port, cluster.data, found.pid, f"{major}.{minor}")


@contextlib.contextmanager
def _log(cluster: Cluster) -> Iterator[int]:
    """The log, open for adding to. One that has grown too long is set aside, and the one before it is lost."""
    if cluster.log.exists() and cluster.log.stat().st_size > LOG_LIMIT:
        cluster.log.rename(cluster.log.with_suffix(".log.1"))
    log = os.open(cluster.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        cluster.owner.give(log)
        yield log
    finally:
        os.close(log)


def _not_started(cluster: Cluster, what: str) -> Refused:
    tail = cluster.log.read_text(errors="replace").splitlines()[-15:] if cluster.log.exists() else []
    if any("No space left" in line for line in tail):
        return disk_full(cluster.folder)
    return Refused(
        f"Databasen i {cluster.folder} {what}. Det som är sparat finns kvar. Försök igen; hjälper inte det, läs "
        f"{cluster.log}, som slutar så här:\n" + "\n".join(tail)
    )


def _wait(done: Callable[[], bool], seconds: float) -> bool:
    until = time.monotonic() + seconds
    while not done():
        if time.monotonic() > until:
            return False
        time.sleep(PAUSE)
    return True
