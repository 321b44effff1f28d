"""A file of answers from elsewhere, read and held while it is decided what it says: by nobody but who sent it.

The file itself is never kept. What is left of it, without anything that points at a person, goes back to the sender's
own page under a seal that only this site can open.
"""

import base64
import binascii
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings

from styrkedjan.core.access import Permission, Viewer, may
from styrkedjan.core.assessments.importing import AnswerTable, Mapped, answer_table, guessed
from styrkedjan.core.catalogue import ChainLevel
from styrkedjan.core.places import organiser_of
from styrkedjan.core.refused import BadInput, DamagedData
from styrkedjan.data.answer_files import read_answer_file
from styrkedjan.protocols.sealing import key_for, seal, unseal
from styrkedjan.queries.catalogue import catalogue
from styrkedjan.queries.places import names_of
from styrkedjan.tables.assessments import CampaignRow
from styrkedjan.tables.places import SchoolUnit

LARGEST_HELD = 800_000
PURPOSE = "answer file"
NOT_HELD = "Filen finns inte kvar på sidan, eller hör till en annan sida. Inget har lästs in. Välj filen igen."
TOO_LARGE = "Filen har för många svar för att läsas in på en gång. Inget har lästs in. Dela upp den på flera."


@dataclass(frozen=True)
class HeldFile:
    """What may be used of a file, and the same under seal, to be sent along until it has been read in."""

    table: AnswerTable
    sealed: str


def take_in(viewer: Viewer, place: str, content: bytes, name: str) -> HeldFile:
    """Read a file, leaving out every column that could point at a person. Nothing is written anywhere.

    Raises: NotAllowed or NotFound; BrokenData when it cannot be read; BadInput when nothing in it can be used.
    """
    may(viewer, Permission.RUN_SELF_ASSESSMENTS, place).require()
    file = read_answer_file(content, name)
    table = answer_table(file.heads, file.rows, _known(viewer, place))
    told = json.dumps({"person": viewer.person, "place": place, "table": table.to_json()}).encode()
    packed = base64.b64encode(zlib.compress(told, 9)).decode()
    sealed = seal(key_for(PURPOSE, settings.SECRET_KEY), packed)
    if len(sealed) > LARGEST_HELD:
        raise BadInput(TOO_LARGE)
    return HeldFile(table, sealed)


def held(viewer: Viewer, place: str, sealed: str) -> HeldFile:
    """The file that ``take_in`` gave to this viewer for this place. Raises: NotAllowed, NotFound, or BadInput."""
    may(viewer, Permission.RUN_SELF_ASSESSMENTS, place).require()
    try:
        told = json.loads(zlib.decompress(base64.b64decode(unseal(key_for(PURPOSE, settings.SECRET_KEY), sealed))))
    except (DamagedData, binascii.Error, zlib.error, ValueError) as error:
        raise BadInput(NOT_HELD) from error
    if (told["person"], told["place"]) != (viewer.person, place):
        raise BadInput(NOT_HELD)
    return HeldFile(AnswerTable.from_json(told["table"]), sealed)


def guess(viewer: Viewer, place: str, table: AnswerTable) -> Mapped:
    """What the columns of a table seem to say."""
    framework = catalogue().framework
    return guessed(table, framework, framework.self_assessment.scale, answering_places(viewer, place))


def answering_places(viewer: Viewer, place: str) -> Mapping[str, str]:
    """Key and name of the places that answers of this one can be of: itself and its units, by name."""
    may(viewer, Permission.RUN_SELF_ASSESSMENTS, place).require()
    units = (
        SchoolUnit.objects.filter(organiser_id=place).order_by("name", "key") if place == organiser_of(place) else ()
    )
    return {**names_of(viewer, (place,)), **{unit.key: unit.name for unit in units}}


def is_imported(viewer: Viewer, place: str, key: UUID) -> bool:
    """Whether the answers of a campaign were collected elsewhere."""
    may(viewer, Permission.READ_SELF_ASSESSMENTS, place).require()
    return CampaignRow.scoped.at(viewer, organiser_of(place)).filter(key=key, public_key="").exists()


def _known(viewer: Viewer, place: str) -> list[str]:
    """Texts that never point at a person: answers of the scale, places, their codes, and levels."""
    answers = catalogue().framework.self_assessment.scale.answer_by_id.values()
    places = answering_places(viewer, place)
    texts = [text for answer in answers for text in (answer.id, answer.name, f"{answer.id} {answer.name}")]
    return [*texts, *places, *(key.rpartition("-")[2] for key in places), *places.values(), *map(str, ChainLevel)]
