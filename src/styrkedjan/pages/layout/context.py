"""What every template knows without being told by its view."""

from django.conf import settings
from django.http import HttpRequest

from styrkedjan.pages.layout.answering import viewer_of


def everywhere(request: HttpRequest) -> dict[str, object]:
    """``viewer``: who is looking; ``demo``: whether people sign in by picking somebody from a list."""
    return {"viewer": viewer_of(request), "demo": settings.DEMO}
