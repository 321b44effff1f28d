"""What each address is for, written by hand: who gets in, and what everybody else is told.

Nothing here is computed from the house's own table of roles, so that a fault in it cannot hide here too.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.site.sweep.campaigns import FACTOR, RATED, ROW
from tests.site.sweep.things import Things
from tests.site.sweep.viewers import (
    AGENCIES,
    EVERYONE,
    INSIDERS,
    LEADS,
    ORGANISER_READERS,
    UNIT,
    UNIT_READERS,
)
from tests.world import STORKOPING


@dataclass(frozen=True)
class Address:
    """One named address.

    ``arguments`` are values, or names of things (``@paper``). ``insiders`` are told no with a reason; whoever is
    neither allowed nor an insider is told that nothing is there. ``shows`` says whether it answers GET, ``takes``
    whether it answers POST, and ``by`` who may send it where they are fewer; ``form`` is what makes the owner's POST
    succeed, where it has no page of its own to show (again with names of things).
    ``open`` needs no sign-in. ``strong`` asks for more than a link by e-mail. ``right`` is what the owner is answered.
    """

    arguments: tuple[Any, ...] = ()
    allowed: frozenset[str] = frozenset(EVERYONE)
    insiders: frozenset[str] = frozenset()
    open: bool = False
    shows: bool = True
    takes: bool = False
    by: frozenset[str] | None = None
    form: dict[str, str] = field(default_factory=dict)
    strong: bool = False
    right: frozenset[int] = frozenset({200, 302, 303})

    def address_of(self, things: Things) -> list[Any]:
        """The arguments of its address."""
        return [_thing(things, each) for each in self.arguments]

    def filled(self, things: Things) -> dict[str, str]:
        """What the owner's form sends."""
        return {name: str(_thing(things, each)) for name, each in self.form.items()}

    def expected(self, walker: str, method: str) -> int:
        """The status that this walker must meet; 0 when she may come in."""
        if walker in self.allowed:
            too_weak = self.strong and walker.startswith("weak")
            only_looks = method == "POST" and self.by is not None and walker not in self.by
            return 403 if too_weak or only_looks else 0
        return 403 if walker in self.insiders else 404

    @property
    def owners(self) -> list[str]:
        return sorted(self.allowed)

    @property
    def methods(self) -> list[str]:
        return [method for method, is_there in (("GET", self.shows), ("POST", self.takes)) if is_there]


def _thing(things: Things, value: Any) -> Any:
    return things.named(value[1:]) if isinstance(value, str) and value.startswith("@") else value


Build = Callable[..., Address]
MEASURE, CHART, YEAR = "all_subjects_grade_9_percent", "spridning", 2023
STAFF = {"staff_member", "account_owner"}
WEAK = {"weak_quality_lead"}


def _open(*arguments: Any, **more: Any) -> Address:
    return Address(arguments, open=True, **more)


def _account(*arguments: Any, **more: Any) -> Address:
    return Address(arguments, **more)


def _national(allowed: set[str], *arguments: Any, **more: Any) -> Address:
    return Address(arguments, frozenset(allowed), frozenset(EVERYONE), strong=True, **more)


def _at(place: str, allowed: set[str], *arguments: Any, **more: Any) -> Address:
    also = WEAK if allowed >= LEADS else set()
    return Address((place, *arguments), frozenset(allowed | also), frozenset(INSIDERS), **more)


def _official(kind: str, place: str) -> dict[str, Address]:
    return {
        f"{kind}.position": _open(place),
        f"{kind}.briefing": _open(place),
        f"{kind}.pdf": _open(place),
        f"{kind}.csv": _open(place),
        f"{kind}.indicator": _open(place, MEASURE),
        f"{kind}.chart": _open(place, MEASURE, CHART, "svg"),
    }


def _working(kind: str, place: str, readers: set[str], writers: set[str]) -> dict[str, Address]:
    paper, figures, receipt = (f"@{kind}_{name}" for name in ("paper", "figures", "receipt"))
    return {
        f"{kind}.work": _at(place, readers),
        f"{kind}.paper.new": _at(place, writers, "own_analysis", takes=True),
        f"{kind}.paper": _at(place, readers, paper),
        f"{kind}.paper.edit": _at(place, writers, paper, takes=True),
        f"{kind}.paper.history": _at(place, readers, paper),
        f"{kind}.paper.csv": _at(place, readers, figures),
        f"{kind}.paper.copy": _at(place, readers, paper, takes=True),
        f"{kind}.paper.remove": _at(place, writers, figures, takes=True),
        f"{kind}.paper.share": _at(place, LEADS, paper, takes=True),
        f"{kind}.receipts": _at(place, readers),
        f"{kind}.receipts.csv": _at(place, readers),
        f"{kind}.receipt": _at(place, readers, receipt),
        f"{kind}.receipt.json": _at(place, readers, receipt),
        f"{kind}.receipt.withdraw": _at(place, LEADS, receipt, takes=True, strong=True),
    }


def _answering() -> dict[str, Address]:
    """Open to everyone, and to those who have signed in too: these addresses know nobody."""
    code, receipt = "@unit_campaigns.code", {"kvitto": "@unit_campaigns.receipt"}
    sheet = {"kvitto": "K7QF2M9AK7QF2M9A", "rader": ROW, "a1": "4"}
    return {
        "answer.start": _open(takes=True, form={"kod": code}),
        "answer.form": _open(code, takes=True, form=sheet),
        "answer.link": _open("@unit_campaigns.link", takes=True, form=sheet),
        "answer.done": _open(takes=True),
        "answer.receipt": _open(takes=True, form=receipt),
        "answer.outcome": _open(code),
    }


def _assessments(kind: str, place: str, readers: set[str], leads: set[str], part: set[str]) -> dict[str, Address]:
    """``readers`` see how it goes and what was answered, ``leads`` run it, and ``part`` may answer."""
    going, closed, counted = (f"@{kind}_campaigns.{phase}" for phase in ("open", "closed", "counted"))
    group, outcome, level = f"@{kind}_campaigns.group", f"@{kind}_campaigns.outcome", RATED[place]
    # A campaign is led with a link by e-mail. Only a unit's principal says what its answers are part of.
    leading, principal = frozenset(leads | WEAK), frozenset({"principal"} if kind == "unit" else ())
    rating = {"row": ROW, "answer": "4", "seen": ""}
    wrote = {"hort-": "Något", "beslut-": "Något annat", "publicera": "1"}
    return {
        f"{kind}.assessments": _at(place, part),
        f"{kind}.assessment.new": _at(place, leads, takes=True),
        f"{kind}.assessment.import": _at(place, leads, takes=True),
        f"{kind}.assessment": _at(place, readers, going),
        f"{kind}.assessment.edit": _at(place, leads, going, takes=True),
        f"{kind}.assessment.repeat": _at(place, leads, counted, takes=True),
        f"{kind}.assessment.close": _at(place, leads, going, takes=True),
        f"{kind}.assessment.remove": _at(place, leads, going, takes=True),
        f"{kind}.assessment.remind": _at(place, leads, going, takes=True),
        f"{kind}.assessment.roll_up": _at(place, leads, going, takes=True, by=principal),
        f"{kind}.assessment.ask": _at(place, leads, going, group, takes=True, form={"addresses": "ny@prov.example"}),
        f"{kind}.assessment.poster": _at(place, leads, going, group),
        f"{kind}.assessment.paper": _at(place, leads, going, group),
        f"{kind}.assessment.typing": _at(
            place, leads, going, group, takes=True, form={"papper": "4 4 4 4", "spara": "1"}
        ),
        f"{kind}.assessment.count": _at(place, leads, closed, shows=False, takes=True),
        f"{kind}.assessment.results": _at(place, readers, counted),
        f"{kind}.assessment.rounds": _at(place, readers, counted),
        f"{kind}.assessment.results.csv": _at(place, readers, counted),
        f"{kind}.assessment.results.xlsx": _at(place, readers, counted),
        f"{kind}.assessment.results.parquet": _at(place, readers, counted),
        f"{kind}.assessment.disclosure": _at(place, readers, counted),
        f"{kind}.assessment.shared": _at(place, readers, going, level, takes=True, by=leading, form=rating),
        f"{kind}.assessment.shared.wall": _at(place, readers, going, level, takes=True, by=leading, form=rating),
        f"{kind}.assessment.outcome": _at(place, part, counted),
        f"{kind}.assessment.outcome.write": _at(place, leads, counted, takes=True, form=wrote),
        f"{kind}.assessment.outcome.remove": _at(place, leads, counted, outcome, takes=True),
        f"{kind}.assessment.choose": _at(place, leads, counted, takes=True, form={"factor": FACTOR}),
        f"{kind}.assessment.paper_to_share": _at(place, leads, counted, shows=False, takes=True),
        f"{kind}.own_briefing": _at(place, readers),
        f"{kind}.own_briefing.pdf": _at(place, readers),
    }


def _people() -> dict[str, Address]:
    def at(allowed: set[str], *arguments: Any, **more: Any) -> Address:
        return _at(STORKOPING, allowed, *arguments, **more)

    return {
        "organiser.people": at(UNIT_READERS | {"neighbour_principal"}),
        "organiser.people.invite": at(LEADS, takes=True, strong=True),
        "organiser.people.role": at(LEADS, "@grant", takes=True, strong=True),
        "organiser.people.end": at(LEADS, "@grant", shows=False, takes=True, strong=True),
        "organiser.people.again": at(LEADS, "@invitation", shows=False, takes=True, strong=True),
        "organiser.people.withdraw": at(LEADS, "@invitation", shows=False, takes=True, strong=True),
        "organiser.trail": at(LEADS, strong=True),
        "organiser.trail.csv": at(LEADS, strong=True),
    }


def _nothing_behind(*arguments: Any, **more: Any) -> Address:
    """A link that is dead, or a way in that is not set up: the same for all."""
    return Address(arguments, open=True, right=frozenset({200, 302, 404, 410}), **more)


def _own(*arguments: Any, **more: Any) -> Address:
    """Something of one person's account: to everyone else it is not there."""
    return Address(arguments, frozenset({"account_owner"}), right=frozenset({200, 302, 303}), **more)


DEAD = "en-lank-som-inte-finns"
SIGN_IN = {
    "sign_in": _open(),
    "sign_in.code": _open(),
    "sign_in.link": _nothing_behind(DEAD),
    "sign_in.confirm": _open(),
    "sign_in.confirm_question": _nothing_behind(shows=False),
    "sign_in.passkey": _nothing_behind(shows=False),
    "sign_in.passkey_question": _nothing_behind(shows=False),
    "sign_in.demo": _nothing_behind(),
    "sign_out": _nothing_behind(shows=False),
    "invitation": _nothing_behind(DEAD),
    "invitation.federation": _nothing_behind(DEAD),
    "federation": _nothing_behind(),
    "federation.saml": _nothing_behind("ingen"),
    "federation.oidc": _nothing_behind("ingen"),
    "federation.metadata": _nothing_behind(),
    "federation.acs": _nothing_behind(shows=False),
    "federation.answer": _open("ingen", right=frozenset({403, 404})),
}
ACCOUNT = {
    "account": _account(),
    "account.name": _account(),
    "account.email": _account(),
    "account.confirm_email": _account(DEAD, right=frozenset({200, 302, 404, 409, 410})),
    "account.safer": _account(),
    "account.places": _account(),
    "account.new_passkey": _account(),
    "account.passkey_question": _account(shows=False),
    "account.codes": _account(),
    "account.recovery": _account(right=frozenset({200, 302, 409})),
    "account.end_others": _account(shows=False, takes=True),
    "account.remove_codes": _account(shows=False),
    "account.extract": _account(),
    "account.remove": _account(),
    "account.removed": _open(),
    "identity.link": _account(right=frozenset({200, 302, 404})),
    "account.leave": _own("@own_grant", takes=True),
    "account.end_session": _own("@own_session", shows=False, takes=True),
    "account.passkey": _own("@own_passkey"),
    "account.remove_passkey": _own("@own_passkey", shows=False, takes=True),
    "identity.unlink": _own("@own_identity", shows=False, takes=True),
}

AT_SKOLVERKET = frozenset({"analyst", "catalogue_editor", "operator"})
OPERATOR, PUBLISHERS = {"operator"}, {"operator", "analyst"}

ADDRESSES: dict[str, Address] = {
    "start": _open(),
    "search": _open(),
    "unit.code": _open("90000001"),
    "lineage": _open(STORKOPING, MEASURE, YEAR),
    "framework": _open(),
    "factor": _open("professional_development"),
    "workshop": _open("professional_development"),
    "measures": _open(),
    "glossary": _open(),
    "editions": _open(),
    "edition": _open("@version"),
    "privacy": _open(),
    "accessibility": _open(),
    "roles": _open(),
    **_official("organiser", STORKOPING),
    **_official("unit", UNIT),
    **_working("organiser", STORKOPING, ORGANISER_READERS, LEADS),
    **_working("unit", UNIT, UNIT_READERS, LEADS | {"principal"}),
    **_answering(),
    **_assessments("organiser", STORKOPING, ORGANISER_READERS, LEADS, ORGANISER_READERS),
    **_assessments("unit", UNIT, UNIT_READERS, LEADS | {"principal"}, UNIT_READERS | STAFF),
    **_people(),
    **SIGN_IN,
    **ACCOUNT,
    "shared": Address((), frozenset(AGENCIES), AT_SKOLVERKET),
    "shared.version": Address(("@organiser_receipt",), frozenset({"dialogue_lead_skolverket"}), AT_SKOLVERKET),
    "shared.json": Address(("@organiser_receipt",), frozenset({"dialogue_lead_skolverket"}), AT_SKOLVERKET),
    "hand_in": _national(PUBLISHERS, takes=True),
    "arrival": _national(PUBLISHERS, "@arrival"),
    "arrival.publish": _national(PUBLISHERS, "@arrival", shows=False, takes=True),
    "arrival.discard": _national(PUBLISHERS, "@arrival", shows=False, takes=True),
    "operations": _national(OPERATOR),
    "operations.invite": _national(OPERATOR, takes=True),
    "operations.role": Address(("@national_grant",), frozenset(OPERATOR), takes=True),
    "operations.end": Address(("@national_grant",), frozenset(OPERATOR), shows=False, takes=True),
    "operations.again": Address(("@national_invitation",), frozenset(OPERATOR), shows=False, takes=True),
    "operations.withdraw": Address(("@national_invitation",), frozenset(OPERATOR), shows=False, takes=True),
}
