"""The JJ format, in which the tools of the field hand each other tables to protect.

Line 1 is ``0``. Then the number of cells, and one line for each: id, value, weight, status (s, u or z), what an
attacker knows (lower and upper bound), and the protection levels LPL, UPL and SPL. Then the number of relations, and
one line for each: the total, the number of terms, a colon, and the terms as ``id (coefficient)``.

Source: what sdcTable's ``createJJFormat`` and ``writeJJFormat`` write (levels are amounts, bounds are values), which
τ-ARGUS reads: https://rdrr.io/cran/sdcTable/man/writeJJFormat.html. The format has no other published description.
"""

import re
from collections.abc import Iterator

from styrkedjan.core.disclosure.cells import Cell, CellStatus, Relation, Table
from styrkedjan.core.refused import BrokenData, Spot

TERM = re.compile(r"\s*([+-]?\d+)\s*\(\s*([^\s()]+)\s*\)")
CELL = "id värde vikt status undre övre LPL UPL SPL"
RELATION = "summa antal : id (koefficient) id (koefficient) …"
BOM = "\ufeff"


def read_jj(text: str, name: str) -> Table:
    """The table in a JJ file. ``name`` is what errors call the file.

    Raises: ``BrokenData`` with file, line and what was expected there.
    """
    lines = _Lines(text, name)
    number, first = lines.next("0 på första raden")
    if first.split() != ["0"]:
        raise lines.fault(number, "filen ska börja med en rad med 0")
    cells = tuple(_cell(lines, *lines.next(f"en cell: {CELL}")) for _ in range(lines.count("celler")))
    relations = tuple(
        _relation(lines, *lines.next(f"en relation: {RELATION}")) for _ in range(lines.count("relationer"))
    )
    lines.end()
    try:
        return Table(cells, relations)
    except BrokenData as error:
        raise BrokenData(error.message, Spot(name)) from error


def write_jj(table: Table) -> str:
    """The table as a JJ file that ``read_jj`` gives back unchanged."""
    return "\n".join(_written(table)) + "\n"


def _written(table: Table) -> Iterator[str]:
    yield "0"
    yield str(len(table.cells))
    for cell in table.cells:
        levels = (cell.lower, cell.upper, cell.lpl, cell.upl, cell.spl)
        yield " ".join(
            [str(cell.id), _number(cell.value), _number(cell.weight), cell.status.value, *map(_number, levels)]
        )
    yield str(len(table.relations))
    for relation in table.relations:
        terms = " ".join(f"{cell} ({_number(coefficient)})" for cell, coefficient in relation.cells)
        yield f"{_number(relation.total)} {len(relation.cells)} : {terms}"


def _number(value: float) -> str:
    """The shortest text that is read back as the same number."""
    return str(int(value)) if value == value // 1 and abs(value) < 1e15 else repr(float(value))


def _cell(lines: "_Lines", number: int, line: str) -> Cell:
    parts = line.split()
    if len(parts) != 9:
        raise lines.fault(number, f"en cell har nio uppgifter ({CELL}), här står {len(parts)}")
    status = parts[3].lower()
    if status not in {each.value for each in CellStatus}:
        raise lines.fault(number, f"status ska vara s, u eller z, inte ”{parts[3]}”")
    value, weight, lower, upper, lpl, upl, spl = (
        lines.real(number, part, what)
        for part, what in zip(parts[1:3] + parts[4:], CELL.split()[1:3] + CELL.split()[4:], strict=True)
    )
    return Cell(lines.whole(number, parts[0], "id"), value, weight, CellStatus(status), lower, upper, lpl, upl, spl)


def _relation(lines: "_Lines", number: int, line: str) -> Relation:
    head, colon, tail = line.partition(":")
    parts = head.split()
    if not colon or len(parts) != 2:
        raise lines.fault(number, f"en relation skrivs {RELATION}")
    terms, at = [], 0
    while found := TERM.match(tail, at):
        terms.append((int(found[1]), lines.real(number, found[2], "koefficienten")))
        at = found.end()
    if tail[at:].strip():
        raise lines.fault(number, f"”{tail[at:].strip()[:30]}” är ingen term; en term skrivs id (koefficient)")
    count = lines.whole(number, parts[1], "antalet termer")
    if count != len(terms):
        raise lines.fault(number, f"det ska vara {count} termer, här står {len(terms)}")
    return Relation(tuple(terms), lines.real(number, parts[0], "summan"))


class _Lines:
    """The lines of a file that say something, and the faults that know where they are."""

    def __init__(self, text: str, name: str) -> None:
        self.name = name
        lines = enumerate(text.removeprefix(BOM).splitlines(), 1)
        self.rest = iter([(number, line) for number, line in lines if line.strip()])
        self.last = 0

    def next(self, expected: str) -> tuple[int, str]:
        """The next line and its number."""
        line = next(self.rest, None)
        if line is None:
            raise self.fault(self.last + 1, f"filen är slut; här väntas {expected}")
        self.last = line[0]
        return line

    def count(self, what: str) -> int:
        """A line that says how many lines follow."""
        number, line = self.next(f"antalet {what}")
        count = self.whole(number, line.strip(), f"antalet {what}")
        if count < 0:
            raise self.fault(number, f"antalet {what} kan inte vara {count}")
        return count

    def end(self) -> None:
        """Nothing may follow."""
        extra = next(self.rest, None)
        if extra:
            raise self.fault(extra[0], "filen skulle vara slut; stämmer antalet relationer?")

    def whole(self, number: int, text: str, what: str) -> int:
        """A whole number."""
        try:
            return int(text)
        except ValueError:
            raise self.fault(number, f"{what} ska vara ett heltal, inte ”{text}”") from None

    def real(self, number: int, text: str, what: str) -> float:
        """A number with a decimal point; inf where there is no bound."""
        try:
            return float(text)
        except ValueError:
            raise self.fault(number, f"{what} ska vara ett tal med decimalpunkt, inte ”{text}”") from None

    def fault(self, number: int, what: str) -> BrokenData:
        """The refusal that names file and line."""
        return BrokenData(f"rad {number}: {what}.", Spot(self.name))
