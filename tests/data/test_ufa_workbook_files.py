"""Files that are no harmless xlsx: said clearly, before anything is parsed, and never as another kind of error."""

import contextlib
import struct
import zipfile
import zlib
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from styrkedjan.core.refused import BrokenData
from styrkedjan.core.statistics import Tidy
from styrkedjan.data.sources.ufa_workbook import archive, read_workbook
from tests.data.archives import members, packed, replaced
from tests.data.ufa_source import UFA_SOURCE, small_grid, xlsx

SHEET = "xl/worksheets/sheet1.xml"
WORKBOOK = xlsx(small_grid())
PARTS = members(WORKBOOK)


def read(content: bytes) -> Tidy:
    return read_workbook(content, "fil.xlsx", UFA_SOURCE)


def refused(content: bytes, *parts: str) -> None:
    with pytest.raises(BrokenData) as caught:
        read(content)
    for part in ("fil.xlsx", "Inget har ändrats.", *parts):
        assert part in caught.value.message


def ole(*streams: str) -> bytes:
    directory = b"".join(name.encode("utf-16-le").ljust(64, b"\0") + bytes(64) for name in ("Root Entry", *streams))
    return archive.OLE2_MAGIC + bytes(504) + directory.ljust(512, b"\0")


def lying_about_size(content: bytes, name: str, size: int) -> bytes:
    """The archive with another uncompressed size for one member in both of its headers."""
    changed = bytearray(content)
    with zipfile.ZipFile(BytesIO(content)) as opened:
        info = opened.getinfo(name)
    struct.pack_into("<I", changed, info.header_offset + 22, size)
    entry = changed.rfind(name.encode()) - 46
    assert changed[entry : entry + 4] == b"PK\x01\x02"
    struct.pack_into("<I", changed, entry + 24, size)
    return bytes(changed)


NOT_XLSX = {
    "nothing": (b"", ("tom (0 byte)",)),
    "csv": ("huvudman;läsår\nEk;2024/25\n".encode(), ("CSV",)),
    "csv in latin-1": ("huvudman;läsår\nEk;2024/25\n".encode("latin-1"), ("CSV",)),
    "web page": (b"\n<!DOCTYPE html><html><body>Logga in, tack</body></html>", ("webbsida",)),
    "picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), ("ingen Excelfil",)),
    "protected with a password": (ole("EncryptionInfo", "EncryptedPackage"), ("lösenord",)),
    "old xls": (ole("Workbook"), ("gammal Excelfil (.xls)", "Spara som")),
    "cut in half": (WORKBOOK[: len(WORKBOOK) // 2], ("avbruten eller skadad",)),
    "without its last byte": (WORKBOOK[:-1], ("avbruten eller skadad",)),
    "only the magic": (b"PK", ("avbruten eller skadad",)),
    "zip of something else": (packed({"läs mig.txt": b"hej"}), ("zip-arkiv men ingen Excelfil",)),
    "empty zip": (packed({}), ("zip-arkiv men ingen Excelfil",)),
    "ods": (packed({"mimetype": b"application/vnd.oasis", "content.xml": b"<x/>"}), ("OpenDocument",)),
    "xlsb": (packed({"xl/workbook.bin": b"\x83\x01"}), ("xlsb",)),
    "macros": (packed(PARTS | {"xl/vbaProject.bin": b"x"}), ("makron",)),
    "macros elsewhere": (packed(PARTS | {"XL/VBAproject.BIN": b"x"}), ("makron",)),
    "macro content type": (
        packed(
            PARTS
            | {
                "[Content_Types].xml": PARTS["[Content_Types].xml"].replace(
                    b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
                    b"application/vnd.ms-excel.sheet.macroEnabled.main+xml",
                )
            }
        ),
        ("makron",),
    ),
    "unknown compression": (packed(PARTS, zipfile.ZIP_LZMA), ("skadad", "packa upp")),
    "sheet missing": (packed({name: data for name, data in PARTS.items() if name != SHEET}), ("skadad",)),
    "sheet in utf-16": (packed(PARTS | {SHEET: PARTS[SHEET].decode().encode("utf-16")}), ("skadad",)),
    "sheet that is no xml": (packed(PARTS | {SHEET: b"<worksheet><sheetData><row"}), ()),
    "far row": (replaced(WORKBOOK, SHEET, b'<c r="B29">', b'<c r="B1048576">'), ("långt utanför", "B1048576")),
    "far column": (replaced(WORKBOOK, SHEET, b'<c r="B29">', b'<c r="ZZZZZ29">'), ("långt utanför", "ZZZZZ")),
    "far row number": (replaced(WORKBOOK, SHEET, b'<row r="29"', b'<row r = "90029"'), ("långt utanför", "90029")),
}


@pytest.mark.parametrize(("content", "parts"), NOT_XLSX.values(), ids=NOT_XLSX.keys())
def test_a_file_that_is_no_harmless_workbook_is_refused(content, parts):
    refused(content, *parts)


def test_a_damaged_byte_is_noticed():
    with zipfile.ZipFile(BytesIO(WORKBOOK)) as opened:
        place = opened.getinfo(SHEET).header_offset + 30 + len(SHEET) + 200
    changed = bytearray(WORKBOOK)
    changed[place] ^= 0xFF
    refused(bytes(changed), "skadad")


def test_an_archive_with_a_password_is_refused():
    changed = bytearray(WORKBOOK)
    entry = changed.find(b"PK\x01\x02")
    changed[entry + 8] |= 0x1
    refused(bytes(changed), "lösenord")


def test_a_bomb_is_refused_by_what_it_declares():
    refused(packed(PARTS | {SHEET: b" " * 60_000_000}), "orimligt stor")
    refused(packed(PARTS | {"docProps/app.xml": b" " * 60_000_000}), "orimligt stor")


def test_many_members_that_are_too_large_together_are_refused():
    blank = b" " * 9_000_000
    parts = PARTS | {f"xl/worksheets/sheet{i}.xml": blank for i in range(2, 50)}
    refused(packed(parts), "orimligt stor")


def test_a_bomb_with_a_lying_header_is_stopped_while_it_swells(monkeypatch):
    inflated = 0
    original = archive._deflated

    def counting(raw):
        nonlocal inflated
        for chunk in original(raw):
            inflated += len(chunk)
            yield chunk

    monkeypatch.setattr(archive, "_deflated", counting)
    bomb = packed(PARTS | {SHEET: b" " * 60_000_000})
    refused(lying_about_size(bomb, SHEET, 5_000), "orimligt stor")
    assert inflated < 2_000_000


def test_a_header_that_promises_too_much_is_damage():
    refused(lying_about_size(WORKBOOK, SHEET, len(PARTS[SHEET]) + 1), "skadad")


def test_a_claimed_dimension_costs_nothing():
    old = PARTS[SHEET][PARTS[SHEET].index(b"<dimension") :].split(b"/>")[0]
    content = replaced(WORKBOOK, SHEET, old, b'<dimension ref="A1:XFD1048576"')
    assert read(content).observations.equals(read(WORKBOOK).observations)


def test_entities_and_external_links_are_left_alone():
    doctype = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY file SYSTEM "file:///etc/passwd"><!ENTITY a "aaaa">]>'
    strings = PARTS["xl/sharedStrings.xml"]
    hostile = doctype + strings.split(b"?>", 1)[1]
    assert read(packed(PARTS | {"xl/sharedStrings.xml": hostile})).observations.equals(read(WORKBOOK).observations)
    link = b'<externalLink xmlns="x"><externalBook r:id="rId1"/></externalLink>'
    content = packed(PARTS | {"xl/externalLinks/externalLink1.xml": link})
    assert read(content).observations.equals(read(WORKBOOK).observations)
    used = replaced(WORKBOOK, "xl/sharedStrings.xml", "påhittade".encode(), b"&file;")
    with contextlib.suppress(BrokenData):
        assert "root:" not in " ".join(read(used).notes)


def test_a_stored_archive_is_read_as_well():
    assert read(packed(PARTS, zipfile.ZIP_STORED)).observations.equals(read(WORKBOOK).observations)


def test_merged_ranges_far_down_do_not_matter():
    strange = PARTS[SHEET].replace(
        b"</sheetData>", b'</sheetData><mergeCells><mergeCell ref="A5000:B6000"/></mergeCells>'
    )
    assert read(packed(PARTS | {SHEET: strange})).observations.height == read(WORKBOOK).observations.height


def survives(content: bytes) -> None:
    """Either a tidy table or a refusal; anything else fails the test by itself."""
    try:
        assert isinstance(read(content), Tidy)
    except BrokenData as refusal:
        assert "Inget har ändrats." in refusal.message


changes = st.lists(st.tuples(st.integers(0, 1 << 30), st.integers(0, 255)), min_size=1, max_size=6)


def mutated(data: bytes, spots: list[tuple[int, int]]) -> bytes:
    changed = bytearray(data)
    for place, value in spots:
        changed[place % len(changed)] = value
    return bytes(changed)


@settings(max_examples=60, deadline=None)
@given(changes)
def test_no_damaged_file_gives_any_other_error(spots):
    survives(mutated(WORKBOOK, spots))


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from([SHEET, "xl/sharedStrings.xml", "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml"]), changes
)
def test_no_damaged_part_gives_any_other_error(name, spots):
    survives(packed(PARTS | {name: mutated(PARTS[name], spots)}))


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=400), st.sampled_from([b"", b"PK\x03\x04", b"PK\x05\x06", archive.OLE2_MAGIC]))
def test_no_bytes_at_all_give_any_other_error(data, start):
    survives(start + data)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, len(WORKBOOK)))
def test_no_cut_file_gives_any_other_error(length):
    survives(WORKBOOK[:length])


def test_the_checksum_is_the_one_that_was_packed():
    """A guard for the tests above: they rest on archives whose parts are whole."""
    with zipfile.ZipFile(BytesIO(WORKBOOK)) as opened:
        assert zlib.crc32(PARTS[SHEET]) == opened.getinfo(SHEET).CRC
