"""The page of a no: what happened, and what was typed, so that nobody loses a text to a refusal."""

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.shortcuts import render

TOO_MUCH = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)
MOST_TEXTS = 20
LONGEST_TEXT = 100_000
# Fields that are never shown back: any part of whose name is one of these.
_SECRET = frozenset({"assertion", "challenge", "code", "codes", "credential", "csrfmiddlewaretoken", "key", "kod"})
_SECRET |= {"losenord", "otp", "pass", "password", "pin", "relaystate", "samlrequest", "samlresponse", "secret"}
_SECRET |= {"state", "token"}
# Written by a person: words with spaces between. Ids, codes and what machines send have none.
_WRITTEN = re.compile(r"[^\W\d_]\S*\s+\S*[^\W\d_]")


def refused_page(request: HttpRequest, message: str, status: int, suggestions: Iterable[str] = ()) -> HttpResponse:
    """The page of a refusal, with the texts of the form that was refused, to be copied."""
    context = {
        "message": message,
        "suggestions": tuple(suggestions),
        "status": status,
        "typed": tuple(_typed(request)),
    }
    return render(request, "layout/templates/refused.html", context, status=status)


def _typed(request: HttpRequest) -> Iterator[str]:
    if request.method != "POST" or int(request.META.get("CONTENT_LENGTH") or 0) > settings.FORM_MOST:
        return
    try:
        fields = list(request.POST.lists())
    except (UnreadablePostError, *TOO_MUCH):
        return
    texts = (text for name, values in fields if not _SECRET & set(re.split(r"\W|_", name.lower())) for text in values)
    written = (text for text in texts if _WRITTEN.search(text) and not text.lstrip().startswith(("{", "[")))
    yield from (text[:LONGEST_TEXT] for text in islice(written, MOST_TEXTS))
