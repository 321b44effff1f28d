"""What the pages of working material share: numbers and confirmations in an address, and files to keep."""

from django.http import HttpRequest, HttpResponse

DONE = {
    "sparat": "Sparat.",
    "kopierat": "Kopian är sparad här. Originalet ligger kvar där det var.",
    "borttaget": "Materialet är borttaget ur listan. Det raderas helt efter 90 dagar.",
    "delat": "Delat. Det här är kvittot.",
    "tillbaka": "Delningen är tillbakatagen. Myndigheten kan inte längre läsa materialet i Styrkedjan.",
}
LARGEST_NUMBER = 100_000


def done(request: HttpRequest) -> str:
    """What has just been done, by the word in ``?klart=``; nothing for any other word."""
    return DONE.get(request.GET.get("klart", ""), "")


def page_of(request: HttpRequest, name: str = "sida", otherwise: int = 1) -> int:
    """A number of one or more in the address; ``otherwise`` when there is none that makes sense."""
    text = request.GET.get(name, "")
    is_number = text.isascii() and text.isdigit() and len(text) < 7
    return int(text) if is_number and 0 < int(text) <= LARGEST_NUMBER else otherwise


def attached(content: bytes, name: str, kind: str) -> HttpResponse:
    """A file that the browser saves."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=kind, headers=headers)
