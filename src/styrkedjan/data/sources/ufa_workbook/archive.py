"""The file itself: is it an xlsx, is it whole, is it harmless? Nothing is handed on unless all is well.

Every member is inflated here under a limit, whatever its header claims, and packed again without compression.
So the spreadsheet reader sees only bytes that have been counted, and macros never reach it.
"""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO

import numpy as np

from styrkedjan.core.refused import BrokenData, Spot

# The largest official workbook is 15 MB uncompressed and shrinks twelvefold.
MAX_TOTAL_BYTES = 400_000_000
MAX_RATIO = 200
RATIO_MATTERS_FROM_BYTES = 10_000_000
MAX_MEMBERS = 2_000
MAX_SHEET_ROW = 999
MAX_COLUMN_LETTERS = 3

OLE2_MAGIC = bytes.fromhex("D0CF11E0A1B11AE1")
ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
WORKBOOK_MEMBER = "xl/workbook.xml"
# Themes, drawings, external links and whatever else an office program adds are left out.
NEEDED_MEMBER = re.compile(
    r"\[Content_Types\]\.xml|_rels/\.rels|xl/_rels/workbook\.xml\.rels|xl/[^/]+\.xml|xl/worksheets/[^/]+\.xml",
    re.IGNORECASE,
)
LOCAL_HEADER_BYTES = 30
ASK_FOR_XLSX = "Hämta tabellen på nytt som Excel (xlsx) och försök igen."

# The reader reserves a cell for everything between A1 and the farthest cell, so one stray cell far down would cost
# gigabytes. A reference is a digit run of four or more, or a column of four letters, after the attribute r.
FAR_REFERENCE = re.compile(rb"""\sr\s*=\s*["'](?:([A-Za-z]{0,9})0*([0-9]{4,})|([A-Za-z]{4,})[0-9]*)""")
SCAN_OVERLAP_BYTES = 4096
CHUNK_BYTES = 1 << 18
PIECE_BYTES = 1 << 14


def safe_archive(content: bytes, name: str) -> bytes:
    """The same workbook as an uncompressed archive of counted XML members only.

    Raises: BrokenData when the file is empty, not an xlsx, damaged, protected, holds macros or swells when unpacked.
    """
    _refuse_other_kinds(content, name)
    archive = _open(content, name)
    members = archive.infolist()
    _refuse_unreadable(archive, members, name)
    _refuse_declared_bomb(members, name)
    return _packed_again(content, members, name)


def _refuse(message: str, name: str) -> BrokenData:
    return BrokenData(message, Spot(name))


def _refuse_other_kinds(content: bytes, name: str) -> None:
    """Say what the file is when its first bytes show that it is no zip archive."""
    if not content:
        raise _refuse(f"filen är tom (0 byte). Inget har ändrats. {ASK_FOR_XLSX}", name)
    if content.startswith(OLE2_MAGIC):
        raise _refuse(_what_ole_holds(content), name)
    if not content.startswith(b"PK"):
        raise _refuse(f"{_what_text_holds(content)} Inget har ändrats. {ASK_FOR_XLSX}", name)


def _what_ole_holds(content: bytes) -> str:
    if ENCRYPTED_STREAM in content:
        return (
            "arbetsboken är skyddad med lösenord och kan inte läsas. Inget har ändrats. "
            "Ta bort lösenordet i Excel, spara och försök igen."
        )
    return (
        "filen är en gammal Excelfil (.xls), som inte läses. Inget har ändrats. "
        "Öppna den i Excel, välj Spara som Excel-arbetsbok (xlsx) och försök igen."
    )


def _what_text_holds(content: bytes) -> str:
    start = content[:4096]
    if re.match(rb"\s*(?:\xef\xbb\xbf)?\s*<(?:!doctype\s+html|html)", start, re.IGNORECASE):
        return "filen är en webbsida och ingen Excelfil, trots sitt namn."
    looks_like_text = b"\0" not in start and not re.search(rb"[\x01-\x08\x0e-\x1f]", start)
    if looks_like_text and re.search(rb"[;,\t]", start):
        return "filen är en textfil (CSV) och ingen Excelfil, trots sitt namn."
    return "filen är ingen Excelfil (xlsx)."


def _open(content: bytes, name: str) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(BytesIO(content))
    except Exception as error:  # a damaged directory makes zipfile raise many kinds of errors
        raise _refuse(
            f"filen är avbruten eller skadad: arkivets innehållsförteckning saknas. Inget har ändrats. {ASK_FOR_XLSX}",
            name,
        ) from error


def _refuse_unreadable(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], name: str) -> None:
    names = {member.filename.lower() for member in members}
    if any(each.endswith("vbaproject.bin") for each in names) or _declares_macros(archive):
        raise _refuse(
            "arbetsboken innehåller makron och läses inte. Inget har ändrats. "
            "Spara den som Excel-arbetsbok utan makron (xlsx) och försök igen.",
            name,
        )
    if WORKBOOK_MEMBER not in names:
        raise _refuse(f"{_what_zip_holds(names)} Inget har ändrats. {ASK_FOR_XLSX}", name)
    if any(member.flag_bits & 0x1 for member in members):
        raise _refuse(
            "arkivet är skyddat med lösenord och kan inte läsas. Inget har ändrats. "
            "Ta bort lösenordet, spara och försök igen.",
            name,
        )


def _declares_macros(archive: zipfile.ZipFile) -> bool:
    try:
        with archive.open("[Content_Types].xml") as types:
            return b"macroEnabled" in types.read(1_000_000)
    except Exception:  # missing or damaged: said later, when every member is unpacked
        return False


def _what_zip_holds(names: set[str]) -> str:
    if "xl/workbook.bin" in names:
        return "filen är en binär Excelfil (xlsb), som inte läses."
    if "content.xml" in names:
        return "filen är ett OpenDocument-kalkylark (ods), som inte läses."
    return "filen är ett zip-arkiv men ingen Excelfil (xlsx)."


def _refuse_declared_bomb(members: list[zipfile.ZipInfo], name: str) -> None:
    total = sum(member.file_size for member in members)
    swollen = any(_swells(member.file_size, member.compress_size) for member in members)
    if total > MAX_TOTAL_BYTES or swollen or len(members) > MAX_MEMBERS:
        raise _bomb(name)


def _swells(size: int, compressed: int) -> bool:
    return size > RATIO_MATTERS_FROM_BYTES and size > MAX_RATIO * max(compressed, 1)


def _bomb(name: str) -> BrokenData:
    return _refuse(
        f"filen blir orimligt stor när den packas upp (gränsen är {MAX_TOTAL_BYTES // 1_000_000} MB) och läses inte. "
        f"Inget har ändrats. {ASK_FOR_XLSX}",
        name,
    )


def _damaged(name: str, member: str) -> BrokenData:
    return _refuse(f"filen är skadad: delen ”{member}” går inte att packa upp. Inget har ändrats. {ASK_FOR_XLSX}", name)


def _packed_again(content: bytes, members: list[zipfile.ZipInfo], name: str) -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for filename, member in {member.filename: member for member in members}.items():
            if NEEDED_MEMBER.fullmatch(filename):
                written = zipfile.ZipInfo(filename)
                with archive.open(written, "w") as target:
                    for chunk in _scanned(_inflated(content, member, name), member, name):
                        target.write(chunk)
                if written.file_size != member.file_size or written.CRC != member.CRC:
                    raise _damaged(name, filename)
    return packed.getvalue()


def _scanned(chunks: Iterator[bytes], member: zipfile.ZipInfo, name: str) -> Iterator[bytes]:
    """The same chunks, stopped when more comes than the header promised or when a cell stands far outside."""
    total, before = 0, b""
    for chunk in chunks:
        total += len(chunk)
        if total > member.file_size:
            raise _bomb(name)
        # A zero byte means UTF-16, which the scan cannot see through and the spreadsheet reader does not know.
        if b"\0" in chunk:
            raise _damaged(name, member.filename)
        _refuse_far_cells(before + chunk, name)
        before = chunk[-SCAN_OVERLAP_BYTES:]
        yield chunk


def _inflated(content: bytes, member: zipfile.ZipInfo, name: str) -> Iterator[bytes]:
    raw = _raw(content, member, name)
    if member.compress_type == zipfile.ZIP_STORED:
        yield from (raw[start : start + CHUNK_BYTES] for start in range(0, len(raw), CHUNK_BYTES))
    elif member.compress_type != zipfile.ZIP_DEFLATED:
        raise _damaged(name, member.filename)
    else:
        try:
            yield from _deflated(raw)
        except zlib.error as error:
            raise _damaged(name, member.filename) from error


def _deflated(raw: bytes) -> Iterator[bytes]:
    """The inflated bytes in chunks of bounded size, however far a few bytes would swell."""
    inflator = zlib.decompressobj(-zlib.MAX_WBITS)
    for start in range(0, len(raw), PIECE_BYTES):
        waiting = raw[start : start + PIECE_BYTES]
        while waiting:
            yield inflator.decompress(waiting, CHUNK_BYTES)
            waiting = inflator.unconsumed_tail
    yield inflator.flush()


def _raw(content: bytes, member: zipfile.ZipInfo, name: str) -> bytes:
    header = content[member.header_offset : member.header_offset + LOCAL_HEADER_BYTES]
    if len(header) < LOCAL_HEADER_BYTES or not header.startswith(b"PK\x03\x04"):
        raise _damaged(name, member.filename)
    name_bytes, extra_bytes = struct.unpack("<HH", header[26:30])
    start = member.header_offset + LOCAL_HEADER_BYTES + name_bytes + extra_bytes
    return content[start : start + member.compress_size]


def _refuse_far_cells(data: bytes, name: str) -> None:
    """Refuse references far outside any such table. A cheap scan finds digit runs; only hits are looked at closely."""
    if _may_hold_far_reference(np.frombuffer(data, np.uint8)):
        for match in FAR_REFERENCE.finditer(data):
            _refuse_far(match, name)


def _may_hold_far_reference(block: np.ndarray) -> bool:
    """True when four digits follow a letter or a quote, or four letters follow a quote and digits follow them."""
    digit = (block - 48) < 10
    letter = ((block | 32) - 97) < 26
    quote = (block == 34) | (block == 39)
    four_digits = digit[1:-3] & digit[2:-2] & digit[3:-1] & digit[4:]
    four_letters = letter[1:-3] & letter[2:-2] & letter[3:-1] & letter[4:] & quote[:-4]
    return bool((four_digits & (letter | quote)[:-4]).any() or four_letters.any())


def _refuse_far(match: re.Match[bytes], name: str) -> None:
    letters, digits = match[1] or match[3] or b"", match[2] or b"0"
    if len(letters) > MAX_COLUMN_LETTERS or int(digits[:20]) > MAX_SHEET_ROW:
        reference = (letters[:12] + (match[2] or b"")[:12]).decode("ascii")
        raise _refuse(
            f"ett blad har innehåll långt utanför tabellen (vid ”{reference}”) och läses inte. Inget har ändrats. "
            f"Tabellen har högst {MAX_SHEET_ROW} rader: ta bort det som ligger utanför, eller hämta den på nytt.",
            name,
        )
