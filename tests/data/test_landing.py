"""Landing: bytes kept untouched, whole or not at all; and downloads of workbooks."""

import errno
import hashlib
import json
import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import httpx
import pytest

from styrkedjan.core.refused import BadInput, BrokenData, NotFound
from styrkedjan.data import web
from styrkedjan.data.landing import download, land, landed, open_landed
from tests.data.pxweb_server import FakeTime, Server, Table, serving

CONTENT = b"PK\x03\x04 p\xc3\xa5hittad arbetsbok\r\n\x00"
SHA = hashlib.sha256(CONTENT).hexdigest()
FIRST = datetime(2026, 3, 25, 9, 30, tzinfo=timezone(timedelta(hours=1)))


def files_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_the_bytes_are_kept_under_their_hash_with_a_record_beside(tmp_path: Path) -> None:
    kept = land(tmp_path, CONTENT, "Underlag för analys.xlsx", "https://exempel.se/fil", FIRST)
    assert files_in(tmp_path) == [f"raw/{SHA[:2]}/{SHA}", f"raw/{SHA[:2]}/{SHA}.json"]
    assert (kept.sha256, kept.size, kept.path.read_bytes()) == (SHA, len(CONTENT), CONTENT)
    assert (kept.name, kept.origin) == ("Underlag för analys.xlsx", "https://exempel.se/fil")
    assert kept.fetched_at == FIRST
    assert kept.fetched_at.utcoffset() == timedelta(0)
    record = json.loads(kept.path.with_name(f"{SHA}.json").read_bytes())
    assert record["fetched_at"] == "2026-03-25T08:30:00+00:00"
    assert landed(tmp_path, SHA) == kept
    assert open_landed(tmp_path, SHA) == CONTENT
    assert kept.path.stat().st_mode & 0o222 == 0


def test_landing_again_keeps_the_first_record(tmp_path: Path) -> None:
    first = land(tmp_path, CONTENT, "a.xlsx", "https://exempel.se", FIRST)
    written = first.path.stat().st_mtime_ns
    again = land(tmp_path, CONTENT, "b.xlsx", "uppladdad", FIRST + timedelta(days=1))
    assert again == first
    assert first.path.stat().st_mtime_ns == written


def test_a_time_without_zone_is_a_bug(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="aware"):
        land(tmp_path, CONTENT, "a.xlsx", "uppladdad", datetime(2026, 3, 25))  # noqa: DTZ001
    assert files_in(tmp_path) == []


def test_changed_bytes_are_not_used_and_are_mended_by_landing_again(tmp_path: Path) -> None:
    kept = land(tmp_path, CONTENT, "a.xlsx", "uppladdad", FIRST)
    kept.path.chmod(0o644)
    kept.path.write_bytes(CONTENT + b"x")
    with pytest.raises(BrokenData, match="har ändrats sedan den lästes in"):
        open_landed(tmp_path, SHA)
    assert land(tmp_path, CONTENT, "b.xlsx", "uppladdad", FIRST) == kept
    assert open_landed(tmp_path, SHA) == CONTENT


@pytest.mark.parametrize("sha256", [SHA, "../../etc/passwd", "", SHA.upper(), SHA + "\n"])
def test_what_is_not_landed(tmp_path: Path, sha256: str) -> None:
    for ask in (open_landed, landed):
        with pytest.raises(NotFound):
            ask(tmp_path, sha256)


def test_a_record_that_cannot_be_read(tmp_path: Path) -> None:
    kept = land(tmp_path, CONTENT, "a.xlsx", "uppladdad", FIRST)
    record = kept.path.with_name(f"{SHA}.json")
    record.chmod(0o644)
    record.write_text("{")
    with pytest.raises(BrokenData, match=f"{SHA}.json: anteckningen"):
        landed(tmp_path, SHA)


def test_a_crash_between_bytes_and_record_is_mended(tmp_path: Path) -> None:
    kept = land(tmp_path, CONTENT, "a.xlsx", "uppladdad", FIRST)
    kept.path.with_name(f"{SHA}.json").unlink()
    assert land(tmp_path, CONTENT, "b.xlsx", "uppladdad", FIRST).name == "b.xlsx"


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """The operating system refuses to let any file grow past ``size`` bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_when_only_half_fits_nothing_is_left(tmp_path: Path) -> None:
    with largest_file(20_000), pytest.raises(BadInput, match=r"Disken är full: a\.xlsx \(50000 byte\)"):
        land(tmp_path, b"x" * 50_000, "a.xlsx", "uppladdad", FIRST)
    assert files_in(tmp_path) == []


def test_when_the_record_does_not_fit_the_bytes_go_too(tmp_path: Path) -> None:
    with largest_file(100), pytest.raises(BadInput, match="Disken är full"):
        land(tmp_path, b"x" * 90, "a.xlsx", "uppladdad", FIRST)
    assert files_in(tmp_path) == []


def test_a_disk_that_fills_when_written_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    earlier = land(tmp_path, b"tidigare", "a.xlsx", "uppladdad", FIRST)
    before = files_in(tmp_path)

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(BadInput, match=r"Frigör utrymme"):
            land(tmp_path, CONTENT, "b.xlsx", "uppladdad", FIRST)
    assert files_in(tmp_path) == before
    assert open_landed(tmp_path, earlier.sha256) == b"tidigare"


def test_other_faults_of_the_disk_are_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "raw").write_text("en fil där mappen skulle vara")
    with pytest.raises(BadInput, match=r"a\.xlsx kunde inte sparas i .*: en del av sökvägen är ingen mapp\. Inget"):
        land(tmp_path, CONTENT, "a.xlsx", "uppladdad", FIRST)


@pytest.fixture
def server() -> Iterator[Server]:
    time = FakeTime()
    with serving(Table("", {}, {}, (), {}), time.clock) as running:
        yield running


def test_a_download_gives_bytes_and_name(server: Server) -> None:
    server.faults = [("body", "innehåll")]
    content, name = download(f"{server.base}/mapp/Underlag%20f%C3%B6r%20analys.xlsx?ver=2")
    assert (content.decode(), name) == ("innehåll", "Underlag för analys.xlsx")


def test_a_download_follows_redirects_on_the_server(server: Server) -> None:
    server.faults = [("redirect", "/ny/plats.xlsx"), ("body", "innehåll")]
    assert download(f"{server.base}/gammal.xlsx") == ("innehåll".encode(), "plats.xlsx")
    server.faults = [("redirect", f"http://localhost:{server.port}/x.xlsx")]
    with pytest.raises(BrokenData, match="annan server"):
        download(f"{server.base}/gammal.xlsx")
    server.faults = [("redirect", "/igen.xlsx")] * 9
    with pytest.raises(BrokenData, match="i en ring"):
        download(f"{server.base}/gammal.xlsx")


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (("status", "404"), "filen finns inte"),
        (("status", "401"), "kräver inloggning"),
        (("status", "429"), "oväntat svar 429"),
        (("status", "500"), "oväntat svar 500"),
        (("html", ""), "en webbsida, inte en fil"),
        (("body", ""), "filen är tom"),
        (("drop", ""), "anslutningen bröts"),
        (("cut", ""), "anslutningen bröts"),
        (("body", "x" * 2_000_000), "större än 1 MB"),
    ],
)
def test_a_download_that_gives_no_file(server: Server, fault: tuple[str, str], words: str) -> None:
    server.faults = [fault]
    with pytest.raises(BrokenData, match=words) as caught:
        download(f"{server.base}/fil.xlsx", limit=2**20)
    assert str(caught.value).startswith(f"{server.base}/fil.xlsx: ")


def test_a_server_that_drips_is_left(server: Server) -> None:
    ticks = iter([0.0, 601.0])
    server.faults = [("body", "innehåll")]
    with pytest.raises(BrokenData, match="inte färdigt efter 10 minuter"):
        download(f"{server.base}/fil.xlsx", clock=lambda: next(ticks))


def test_the_given_client_is_used_and_left_open(server: Server) -> None:
    server.faults = [("body", "ett"), ("body", "två")]
    with httpx.Client() as client:
        assert download(f"{server.base}/fil.xlsx", client=client)[0] == b"ett"
        assert download(f"{server.base}/fil.xlsx", client=client)[0] == "två".encode()


@pytest.mark.parametrize("url", ["fil.xlsx", "file:///etc/passwd", "https://a:b@exempel.se/fil.xlsx"])
def test_an_address_that_cannot_be_used(url: str) -> None:
    with pytest.raises(BadInput):
        download(url)


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ('attachment; filename="Underlag.xlsx"', "Underlag.xlsx"),
        ("attachment; filename=Underlag.xlsx; size=3", "Underlag.xlsx"),
        ("attachment; filename=\"x.xlsx\"; filename*=UTF-8''Underlag%20f%C3%B6r.xlsx", "Underlag för.xlsx"),
        ('attachment; filename="..\\..\\windows\\x.xlsx"', "x.xlsx"),
        ('attachment; filename="/etc/passwd"', "passwd"),
        ('attachment; filename=""', "exempel.se"),
        ("", "sida.xlsx"),
    ],
)
def test_the_name_of_a_file_is_never_a_path(disposition: str, name: str) -> None:
    answer = web.Answer(httpx.URL("https://exempel.se/a/sida.xlsx"), 200, {"content-disposition": disposition}, b"")
    assert web.printed_file_name(answer) == name


def test_landed_times_are_utc(tmp_path: Path) -> None:
    assert land(tmp_path, b"1", "a", "b", datetime(2026, 1, 1, tzinfo=UTC)).fetched_at.tzinfo == UTC
