"""What hangs on a wall and what is answered on paper: a poster with code and QR, and a form with its receipt."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC
from io import BytesIO
from typing import Any

import segno

from styrkedjan.core.assessments.campaigns import OWN
from styrkedjan.core.assessments.open_forms import OpenForm
from styrkedjan.core.assessments.papers import TYPED_OUTSIDE
from styrkedjan.core.assessments.sheets import in_fours
from styrkedjan.core.catalogue import ChainLevel
from styrkedjan.core.catalogue.limits import AnswerRules
from styrkedjan.render import charts, swedish
from styrkedjan.render.pdf import compiled
from styrkedjan.render.words import Words

Json = dict[str, Any]


def qr_svg(text: str, title: str) -> str:
    """A QR code as SVG, black on white in every theme so that any phone reads it. In: ``title``, what it leads to.

    Source: ISO/IEC 18004; error correction M, which stands a crease in the paper, and the quiet zone of four modules.
    """
    buffer = BytesIO()
    code = segno.make(text, error="m", micro=False)
    code.save(buffer, kind="svg", scale=4, border=4, dark="#000", light="#fff", xmldecl=False, svgclass=None,
              lineclass=None, omitsize=True, title=title, nl=False)  # fmt: skip
    return buffer.getvalue().decode()


def shown_address(address: str) -> str:
    """An address as it is written on paper: without its scheme and last slash."""
    return address.partition("://")[2].rstrip("/")


def poster_pdf(form: OpenForm, address: str, code_address: str, minutes: int, words: Words) -> bytes:
    """The poster of a group: A4 with the code, its QR and what an answer is.

    In: ``address``, where the code is typed; ``code_address``, which has the code in it, for the QR.
    Out: PDF/UA-1 and PDF/A-2a; the same bytes for the same form.
    """
    content = _about(form, words) | {
        "address": shown_address(address),
        "code": form.group.code,
        "qr": {"svg": qr_svg(code_address, form.campaign.title), "alt": words("answer_paper.qr", address=code_address)},
        "minutes": minutes,
    }
    return compiled("answer_poster.typ", content)


def paper_pdf(
    form: OpenForm, receipts: Sequence[str], address: str, readers: str, rules: AnswerRules, words: Words
) -> bytes:
    """The form on paper, once for each receipt: statements, steps, lines for comments and a slip to tear off.

    In: ``receipts``, new codes that are kept nowhere; ``address``, where a receipt is looked up; ``readers``, who
    reads the answers; ``rules``, from how many answers anything is shown. Out: PDF/UA-1 and PDF/A-2a.
    """
    back = {answer: letter for letter, answer in TYPED_OUTSIDE.items()}
    content = _about(form, words) | {
        "address": shown_address(address),
        "receipts": [in_fours(receipt) for receipt in receipts],
        "readers": readers,
        "fewest": swedish.count_word(rules.minimum_answers),
        "fewest_for_comments": swedish.count_word(rules.minimum_answers_for_comments),
        "lead": f"{form.scale.stem} {form.scale.leads[form.group.level]}",
        "steps": [{"mark": step.id, "name": step.name, "meaning": step.meaning} for step in form.scale.steps],
        "outside": [{"mark": back.get(each.id, each.id), "name": each.name} for each in form.scale.outside],
        "parts": _parts(form, words),
        "reflection": {"intro": form.reflection.intro, "questions": list(form.reflection.questions)},
    }
    return compiled("answer_paper.typ", content)


def _about(form: OpenForm, words: Words) -> Json:
    campaign, made = form.campaign, form.campaign.opens_at.astimezone(UTC)
    return {
        "theme": asdict(charts.PAPER),
        "mark_shapes": [charts.level_key(level, charts.PAPER) for level in ChainLevel],
        "keys": {},
        "title": campaign.title,
        "place": form.place_name,
        "organiser": "" if form.is_at_the_organiser else form.organiser_name,
        "level": words(f"level.{form.group.level}.name"),
        "is_position": form.is_position,
        "opens": swedish.moment(campaign.opens_at),
        "closes": swedish.moment(campaign.closes_at),
        "date": {unit: getattr(made, unit) for unit in ("year", "month", "day", "hour", "minute", "second")},
        "edition": campaign.edition,
    }


def _parts(form: OpenForm, words: Words) -> list[Json]:
    """The statements by factor, numbered through; of a question only what differs, when the lead stands above."""
    lead = f"{form.scale.stem} {form.scale.leads[form.group.level]} "
    parts: list[Json] = []
    for number, statement in enumerate(form.form.statements, 1):
        own = statement.factor == OWN
        if not parts or parts[-1]["factor"] != statement.factor:
            name = words("answer_paper.own") if own else statement.factor_name
            parts.append({"factor": statement.factor, "name": name, "own": own, "statements": []})
        text = statement.question.removeprefix(lead)
        begins = text != statement.question
        parts[-1]["statements"].append(
            {"number": number, "name": statement.row_name, "lead": lead.strip() if begins else "", "text": text}
        )
    return parts
