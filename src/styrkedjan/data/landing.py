"""Landing: the bytes that a source gave, kept untouched under their own hash, with where and when they came from."""

import errno
import hashlib
import json
import os
import re
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx

from styrkedjan.core.refused import BadInput, BrokenData, NotFound, Spot, reason
from styrkedjan.data import web

DOWNLOAD_LIMIT = 50 * 2**20
SHA256 = re.compile(r"[0-9a-f]{64}")
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@dataclass(frozen=True)
class Landed:
    """What was landed. ``fetched_at`` is aware UTC, ``path`` the file with the bytes."""

    sha256: str
    name: str
    origin: str
    fetched_at: datetime
    size: int
    path: Path


def land(folder: Path, content: bytes, name: str, origin: str, fetched_at: datetime) -> Landed:
    """Keep these bytes. Landing them again changes nothing: the first record stays.

    In: the name and origin (address, or who handed it in) to remember, and when it came (an aware time).
    Out: the record of the first time.
    Raises: BadInput when the disk is full or cannot be written; then nothing is left behind.
    """
    if fetched_at.tzinfo is None:
        raise ValueError("fetched_at must be an aware time")
    sha256 = hashlib.sha256(content).hexdigest()
    path = _path(folder, sha256)
    record = path.with_name(f"{sha256}.json")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = not _holds(path, sha256)
        if fresh:
            _write(path, content)
        if not record.exists():
            about = {
                "sha256": sha256,
                "name": name,
                "origin": origin,
                "fetched_at": fetched_at.astimezone(UTC).isoformat(),
                "size": len(content),
            }
            _write_record(record, about, alone=path if fresh else None)
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise BadInput(f"{name} kunde inte sparas i {path.parent}: {reason(error)}. Inget har ändrats.") from error
        raise BadInput(
            f"Disken är full: {name} ({len(content)} byte) kunde inte sparas. Inget halvt har lämnats kvar, och det "
            "som fanns tidigare är orört. Frigör utrymme och läs in igen."
        ) from None
    return landed(folder, sha256)


def landed(folder: Path, sha256: str) -> Landed:
    """The record of what was landed under this hash.

    Raises: NotFound when there is none, BrokenData when the record cannot be read.
    """
    path = _path(folder, sha256)
    record = path.with_name(f"{sha256}.json")
    try:
        about = json.loads(record.read_bytes())
        fetched_at = datetime.fromisoformat(about["fetched_at"])
        return Landed(about["sha256"], about["name"], about["origin"], fetched_at, about["size"], path)
    except FileNotFoundError:
        raise NotFound(f"Ingen fil med kontrollsumman {sha256} är sparad.") from None
    except (ValueError, KeyError, TypeError):
        raise BrokenData(
            "anteckningen om en sparad fil går inte att läsa. Filen är orörd. Läs in den igen från källan, eller "
            "återställ mappen från säkerhetskopian.",
            Spot(record.name),
        ) from None


def open_landed(folder: Path, sha256: str) -> bytes:
    """The bytes that were landed under this hash, checked against it.

    Raises: NotFound when there are none, BrokenData when they have changed since.
    """
    path = _path(folder, sha256)
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise NotFound(f"Ingen fil med kontrollsumman {sha256} är sparad.") from None
    if hashlib.sha256(content).hexdigest() != sha256:
        raise BrokenData(
            "den sparade filen har ändrats sedan den lästes in. Den används inte. Återställ den från "
            "säkerhetskopian, eller läs in den igen från källan.",
            Spot(path.name),
        )
    return content


def forget(folder: Path, sha256: str) -> None:
    """Remove what was landed under this hash, and its record. Nothing happens when it is not there."""
    path = _path(folder, sha256)
    path.unlink(missing_ok=True)
    path.with_name(f"{sha256}.json").unlink(missing_ok=True)


def download(
    url: str,
    *,
    client: httpx.Client | None = None,
    clock: Callable[[], float] = time.monotonic,
    limit: int = DOWNLOAD_LIMIT,
) -> tuple[bytes, str]:
    """Fetch a workbook from the web.

    Out: its bytes and its name, without any folder.
    Raises: BadInput for an address that cannot be used, BrokenData when the server does not give a file.
    """
    address = web.address(url)
    if client is not None:
        return _downloaded(client, address, clock, limit)
    with httpx.Client() as own:
        return _downloaded(own, address, clock, limit)


def _downloaded(client: httpx.Client, address: httpx.URL, clock: Callable[[], float], limit: int) -> tuple[bytes, str]:
    url = address
    for _hop in range(web.MAX_REDIRECTS + 1):
        try:
            answer = web.send(client, "GET", url, limit=limit, clock=clock)
        except httpx.RequestError as error:
            raise BrokenData(
                f"{web.what_went_wrong(error)}. Inget har sparats. Försök igen, eller hämta filen i webbläsaren och "
                "läs in den härifrån.",
                Spot(str(url)),
            ) from None
        target = web.redirect_target(answer)
        if target is None:
            return _file_in(answer)
        url = target
    raise BrokenData("servern hänvisar runt i en ring. Inget har sparats.", Spot(str(address)))


def _file_in(answer: web.Answer) -> tuple[bytes, str]:
    spot = Spot(str(answer.url))
    if answer.status in (404, 410):
        raise BrokenData(f"filen finns inte (svar {answer.status}). Kontrollera adressen. Inget har sparats.", spot)
    if answer.status in (401, 403):
        raise BrokenData(
            f"servern kräver inloggning eller nekar (svar {answer.status}). Inget har sparats. Hämta filen i "
            "webbläsaren och läs in den härifrån.",
            spot,
        )
    if answer.status != 200:
        raise BrokenData(f"oväntat svar {answer.status} från servern. Inget har sparats. Försök igen senare.", spot)
    if web.is_web_page(answer):
        raise BrokenData("svaret är en webbsida, inte en fil. Ange adressen till själva filen.", spot)
    if not answer.content:
        raise BrokenData("filen är tom. Inget har sparats. Kontrollera adressen.", spot)
    return answer.content, web.printed_file_name(answer)


def _path(folder: Path, sha256: str) -> Path:
    if not SHA256.fullmatch(sha256):
        raise NotFound(f"”{sha256}” är ingen kontrollsumma.")
    return folder / "raw" / sha256[:2] / sha256


def _holds(path: Path, sha256: str) -> bool:
    """Whether the file is there and whole: a damaged one is written anew."""
    return path.exists() and hashlib.sha256(path.read_bytes()).hexdigest() == sha256


def _write_record(record: Path, about: dict[str, str | int], alone: Path | None) -> None:
    """Write the record; when that fails, take away the bytes that would stand alone."""
    try:
        _write(record, json.dumps(about, ensure_ascii=False, indent=2).encode())
    except BaseException:
        if alone:
            alone.unlink(missing_ok=True)
        raise


def _write(path: Path, content: bytes) -> None:
    """Write beside, force to disk, then rename: after a power cut the file is whole or absent."""
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=".")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(beside).chmod(0o444)
        Path(beside).replace(path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
