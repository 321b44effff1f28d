"""The site's own addresses, and some that break, refuse and echo: for tests of what goes out and what is logged."""

from uuid import uuid4

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.middleware.csrf import get_token
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from styrkedjan.core.refused import BadInput, NotAllowed, NotFound, Refused, WrongState
from styrkedjan.pages.access.cookies import sign_in_response
from styrkedjan.site import urls

handler400, handler404, handler500 = urls.handler400, urls.handler404, urls.handler500
REFUSALS = {"403": NotAllowed, "404": NotFound, "409": WrongState, "422": BadInput}


def broken(request: HttpRequest, said: str) -> HttpResponse:
    raise RuntimeError(f"{said} {request.POST.get('email', '')} {request.path}")


@csrf_exempt
def broken_in_database(request: HttpRequest) -> HttpResponse:
    """The database's own words about a row hold what stands in it."""
    with transaction.atomic(), connection.cursor() as cursor:
        for _ in range(2):
            cursor.execute('INSERT INTO pace (key_hash, "left", at) VALUES (%s, 1, now())', [request.POST["email"]])
    return HttpResponse()


@csrf_exempt
def refused(request: HttpRequest, status: str) -> HttpResponse:
    error: type[Refused] = REFUSALS[status]
    raise error("rollen togs bort medan du skrev.")


def form(request: HttpRequest) -> HttpResponse:
    return HttpResponse(get_token(request))


@csrf_exempt
def echo(request: HttpRequest) -> HttpResponse:
    """Writes down on the console what it was given, as something that saves would."""
    print(f"saved: {len(request.POST.get('text', ''))}", flush=True)
    return HttpResponse(request.META["REMOTE_ADDR"])


def signed_in(request: HttpRequest) -> HttpResponse:
    return sign_in_response(HttpResponse("inloggad"), f"{uuid4().hex}Ab")


def public(request: HttpRequest) -> HttpResponse:
    response = HttpResponse("å" * 5_000)
    response.headers["Cache-Control"] = "public, no-cache"
    return response


def private(request: HttpRequest) -> HttpResponse:
    return HttpResponse("å" * 5_000)


def hidden(request: HttpRequest) -> HttpResponse:
    """A form on a page whose address opens something."""
    if request.method == "POST":
        return HttpResponse("skickat")
    token = f'<input type="hidden" name="csrfmiddlewaretoken" value="{get_token(request)}">'
    return HttpResponse(f'<form method="post">{token}<button>Skicka</button></form>')


def moved(request: HttpRequest) -> HttpResponse:
    return HttpResponsePermanentRedirect("/")


urlpatterns = [
    path("inbjudan/trial/", hidden),
    *urls.urlpatterns,
    path("trial/broken/<str:said>/", broken),
    path("trial/database/", broken_in_database),
    path("trial/refused/<str:status>/", refused),
    path("trial/form/", form),
    path("trial/echo/", echo),
    path("trial/upload/", echo, name="hand_in"),
    path("trial/signed-in/", signed_in),
    path("trial/public/", public),
    path("trial/private/", private),
    path("trial/moved/", moved),
]
