"""The folder that holds one database cluster: its owner, its paths, its locks, and its making.

``home/postgres`` holds ``data``, ``run`` (the socket), ``postgres.log``, the two locks and the mark ``keep``.

Root's own folders are closed to the user that root lets the server run as. Root then opens the data for it, and the
programs inherit that: ``/proc/self/fd/N`` names the folder without passing those above it.
"""

import contextlib
import errno
import fcntl
import hashlib
import os
import pwd
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from styrkedjan.core.refused import Refused, WrongState

PORT = 5432
# A socket's path must fit in 108 bytes on Linux and 104 on macOS.
LONGEST_SOCKET_PATH = 99
LOCK_SECONDS = 60.0
# PostgreSQL refuses to run as root; these are the users it then runs as, the first that exists.
USERS_INSTEAD_OF_ROOT = ("postgres", "nobody")
OPENED_FOLDERS = Path("/proc/self/fd")
FIRST_CLOSED = 'for d; do test -x "$d" || { printf %s "$d"; exit; }; done'


@dataclass(frozen=True)
class Owner:
    """The user that the server runs as. ``dropped`` when root has stepped down to it."""

    uid: int
    gid: int
    name: str
    dropped: bool

    def as_owner(self) -> dict[str, Any]:
        """The arguments that make ``subprocess`` run a program as this user, with nothing of our surroundings."""
        kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "TMPDIR") if name in os.environ}
        user: dict[str, Any] = {"user": self.uid, "group": self.gid, "extra_groups": []} if self.dropped else {}
        return user | {"env": kept | {"LC_ALL": "C", "TZ": "UTC"}, "stdin": subprocess.DEVNULL, "umask": 0o077}

    def first_closed(self, paths: list[Path], inherited: Sequence[int] = ()) -> Path | None:
        """The first of the paths that this user may not pass or run; asked as that user, so that ACLs count too."""
        command = ["/bin/sh", "-c", FIRST_CLOSED, "sh", *paths]
        how: dict[str, Any] = self.as_owner() | {"cwd": "/", "pass_fds": inherited}
        answer = subprocess.run(command, stdout=subprocess.PIPE, **how).stdout  # noqa: S603
        return Path(os.fsdecode(answer)) if answer else None

    def may_run(self, path: Path) -> bool:
        """Whether this user may run a program, or pass a folder."""
        return not self.dropped or self.first_closed([path]) is None

    def may_inherit(self) -> bool:
        """Whether this user may use a folder that root has opened: not without Linux's /proc."""
        with _opened(Path("/")) as (inherited, name):
            return self.first_closed([name / "."], [inherited]) is None

    def give(self, path: Path | int) -> None:
        """Make this user the owner of what root has made."""
        if self.dropped:
            os.chown(path, self.uid, self.gid)


@dataclass(frozen=True)
class Cluster:
    """One cluster's folder and the user it belongs to."""

    folder: Path
    owner: Owner

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> Path:
        return self.folder / "postgres.log"

    @property
    def keep(self) -> Path:
        """A mark: the server stays when its last user has left."""
        return self.folder / "keep"

    @property
    def major(self) -> int | None:
        """The major version that made the data, or None before there is any."""
        version = self.data / "PG_VERSION"
        return int(version.read_text()) if version.exists() else None

    @cached_property
    def closed(self) -> bool:
        """Whether the server's user may not pass the folders down to this one."""
        return self.owner.dropped and self.owner.first_closed(_existing_folders(self.folder)) is not None

    @property
    def socket_dir(self) -> Path:
        """Where the socket stands: in the folder, or in the system's temporary folder when the first is too long
        or closed."""
        name = f"styrkedjan-{hashlib.sha256(os.fsencode(self.folder) + b'%d' % self.owner.uid).hexdigest()[:16]}"
        choices = [self.folder / "run", Path(tempfile.gettempdir()) / name]
        reached = (path for path in choices if _fits(path) and self.owner.may_run(path.parent))
        return next(reached, Path("/tmp") / name)  # noqa: S108

    @contextlib.contextmanager
    def way_to(self, folder: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
        """What the server's programs call a folder, and the arguments that ``subprocess`` starts them with for it."""
        if not self.closed:
            yield folder, {"cwd": folder}
            return
        # From / and not from the folder: PostgreSQL 15 goes back by name to where it was started.
        with _opened(folder) as (inherited, name):
            yield name, {"cwd": "/", "pass_fds": [inherited]}


def cluster_at(home: Path) -> Cluster:
    """The cluster of a home folder; touches nothing. Raises: Refused when it belongs to somebody else."""
    folder = home.resolve() / "postgres"
    with in_plain_words(folder):
        return Cluster(folder, _owner_of(folder / "data"))


def prepare(cluster: Cluster) -> None:
    """Make the cluster's folder. Raises: Refused when the server's user cannot get there, nor inherit the way."""
    owner, folder = cluster.owner, cluster.folder
    closed = owner.first_closed(_existing_folders(folder.parent)) if owner.dropped else None
    if closed and not owner.may_inherit():
        raise Refused(
            f"PostgreSQL får inte köras som root och körs därför som användaren ”{owner.name}”, men den användaren "
            f"kommer inte in i mappen {closed}. Ingenting är ändrat. Välj en mapp som alla får gå igenom med raden "
            "här under och försök igen:\n    export STYRKEDJAN_HOME=/var/lib/styrkedjan"
        )
    folder.mkdir(parents=True, exist_ok=True)
    # Root makes the folder for another user, who must be let through but needs nothing more.
    if folder.stat().st_uid == os.geteuid():
        folder.chmod(0o711 if owner.dropped else 0o700)


def private_folder(path: Path, owner: Owner) -> None:
    """Make a folder that only the server's user and root reach. Raises: Refused when somebody else has it."""
    with contextlib.suppress(FileExistsError):
        path.mkdir(mode=0o700)
        owner.give(path)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner.uid:
        raise Refused(
            f"{path} tillhör inte användaren ”{owner.name}”, som databasen körs som. Databasen är orörd. "
            "Ta bort det som ligger där och försök igen."
        )
    path.chmod(0o700)


@contextlib.contextmanager
def open_lock(cluster: Cluster, name: str) -> Iterator[int]:
    """Open a lock file. Closed on exec, so that no program started meanwhile holds the lock."""
    # Read only: a lock made by root must also serve the user that the folder belongs to.
    with in_plain_words(cluster.folder):
        lock = os.open(cluster.folder / name, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o644)
        cluster.owner.give(lock)
    try:
        yield lock
    finally:
        os.close(lock)


@contextlib.contextmanager
def starting_or_stopping(cluster: Cluster) -> Iterator[None]:
    """Hold the right to start and stop the server. Raises: WrongState when another command never lets go of it."""
    with open_lock(cluster, "start.lock") as lock:
        until = time.monotonic() + LOCK_SECONDS
        while not take_all(lock):
            if time.monotonic() > until:
                raise WrongState(
                    f"Ett annat kommando håller på att starta eller stoppa databasen i {cluster.folder} och blir inte "
                    "klart. Det som är sparat finns kvar. Avsluta det kommandot och försök igen."
                )
            time.sleep(0.005)
        yield


def take_all(lock: int) -> bool:
    """Take a lock alone without waiting; False when somebody else has it."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextlib.contextmanager
def in_plain_words(folder: Path) -> Iterator[None]:
    """Turn what the operating system says no to into a Swedish refusal."""
    try:
        yield
    except OSError as error:
        where = error.filename or folder
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise disk_full(folder) from error
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            raise Refused(
                f"Användaren ”{_user_name(os.geteuid())}” kommer inte åt {where}. Databasen är orörd. "
                "Ge användaren läs- och skrivrätt dit, eller sätt STYRKEDJAN_HOME till en annan mapp."
            ) from error
        raise Refused(
            f"Databasen i {folder} kan inte användas: {where}: {error.strerror}. Det som redan är sparat finns kvar. "
            "Rätta felet eller sätt STYRKEDJAN_HOME till en annan mapp."
        ) from error


def disk_full(folder: Path) -> Refused:
    """The refusal for a full disk."""
    return Refused(
        f"Disken är full, så databasen i {folder} kan inte startas. Det som redan är sparat finns kvar. "
        "Frigör plats på disken och försök igen."
    )


def _owner_of(data: Path) -> Owner:
    me = os.geteuid()
    owner = data.stat().st_uid if data.exists() else None
    if me != 0 and owner in (None, me):
        return Owner(me, os.getegid(), _user_name(me), dropped=False)
    if me != 0:
        raise Refused(
            f"Databasen i {data} tillhör användaren ”{_user_name(owner or 0)}”. Ingenting är ändrat. "
            "Kör kommandot som den användaren, eller sätt STYRKEDJAN_HOME till en egen mapp."
        )
    # Root keeps to the user that made the data, so that the same home works with and without root.
    if owner:
        return Owner(owner, data.stat().st_gid, _user_name(owner), dropped=True)
    return _user_instead_of_root()


def _user_instead_of_root() -> Owner:
    for name in USERS_INSTEAD_OF_ROOT:
        with contextlib.suppress(KeyError):
            user = pwd.getpwnam(name)
            return Owner(user.pw_uid, user.pw_gid, name, dropped=True)
    raise Refused(
        "PostgreSQL får inte köras som root, och här finns varken användaren ”postgres” eller ”nobody”. "
        "Ingenting är ändrat. Kör kommandot som en vanlig användare."
    )


def _user_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _existing_folders(folder: Path) -> list[Path]:
    return [path for path in [*reversed(folder.parents), folder] if path.is_dir()]


@contextlib.contextmanager
def _opened(folder: Path) -> Iterator[tuple[int, Path]]:
    """A folder opened for a program to inherit, and that program's name for it."""
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        yield opened, OPENED_FOLDERS / str(opened)
    finally:
        os.close(opened)


def _fits(socket_dir: Path) -> bool:
    return len(os.fsencode(socket_dir / f".s.PGSQL.{PORT}")) <= LONGEST_SOCKET_PATH
