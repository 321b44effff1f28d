"""Workbooks taken apart and put together again, for tests of what a reader must survive."""

import zipfile
from io import BytesIO


def members(content: bytes) -> dict[str, bytes]:
    """The members of an archive, by name."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive of these members."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def replaced(content: bytes, name: str, old: bytes, new: bytes) -> bytes:
    """The archive with one text in one member replaced; the text must be there."""
    parts = members(content)
    assert old in parts[name]
    return packed(parts | {name: parts[name].replace(old, new)})
