"""Every address of the site. Swedish words, stable, and nothing in them that needs a sign-in to be known."""

from django.urls import include, path, register_converter

from styrkedjan.pages.access.account import urls as account
from styrkedjan.pages.access.sign_in import urls as sign_in
from styrkedjan.pages.access.sign_in import views as signing
from styrkedjan.pages.assessments import urls as assessments
from styrkedjan.pages.briefings import views as briefings
from styrkedjan.pages.catalogue import views as catalogue
from styrkedjan.pages.federation import urls as federation
from styrkedjan.pages.indicators import views as indicators
from styrkedjan.pages.people import urls as people
from styrkedjan.pages.places import views as places
from styrkedjan.pages.privacy import urls as privacy
from styrkedjan.pages.sharing import urls as sharing
from styrkedjan.pages.start import views as start
from styrkedjan.pages.statistics import arriving
from styrkedjan.pages.statistics import views as statistics
from styrkedjan.pages.trail import urls as trail


class OrganiserKey:
    """Ten digits, as in an organisation number."""

    regex = r"\d{10}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class UnitKey(OrganiserKey):
    """Organisation number and unit code."""

    regex = r"\d{10}-\d{8}"


class PlaceKey(OrganiserKey):
    """Riket, an organiser or a unit."""

    regex = r"00|\d{10}(?:-\d{8})?"


class UnitCode(OrganiserKey):
    """Eight digits, as in a school unit code."""

    regex = r"\d{8}"


for name, converter in {"organiser": OrganiserKey, "unit": UnitKey, "place": PlaceKey, "code": UnitCode}.items():
    register_converter(converter, name)


def place_pages(kind: str) -> list:
    """The pages that organisers and units have alike."""
    return [
        path("", briefings.position, name=f"{kind}.position"),
        path("underlag/", briefings.briefing, name=f"{kind}.briefing"),
        path("sjalvvardering/", include(assessments.place_pages(kind))),
        *assessments.briefing_pages(kind),
        path("underlag.pdf", briefings.pdf, name=f"{kind}.pdf"),
        path("siffror.csv", briefings.csv, name=f"{kind}.csv"),
        path("indikator/<slug:measure>/", indicators.indicator, name=f"{kind}.indicator"),
        path("indikator/<slug:measure>/<slug:chart>.<slug:kind>", indicators.chart, name=f"{kind}.chart"),
        path("arbete/", include(sharing.place_pages(kind))),
    ]


urlpatterns = [
    path("logga-in/", include(sign_in)),
    path("logga-ut/", signing.sign_out, name="sign_out"),
    path("konto/", include(account)),
    path("", start.start, name="start"),
    path("sok/", places.search, name="search"),
    path("huvudman/<organiser:key>/", include(place_pages("organiser"))),
    path("huvudman/<organiser:key>/", include(people.organiser_pages)),
    path("huvudman/<organiser:key>/", include(trail.organiser_pages)),
    path("skolenhet/<unit:key>/", include(place_pages("unit"))),
    path("skolenhet/<code:code>/", places.unit_by_code, name="unit.code"),
    path("siffra/<place:key>/<slug:measure>/<int:year>/", indicators.lineage, name="lineage"),
    path("delat/", include(sharing.agency_pages)),
    path("kvalitetssystemet/", catalogue.framework, name="framework"),
    path("kvalitetssystemet/faktor/<slug:factor>/", catalogue.factor, name="factor"),
    path("kvalitetssystemet/samtal/<slug:script>/", catalogue.workshop, name="workshop"),
    path("kvalitetssystemet/indikatorer/", catalogue.measures, name="measures"),
    path("ordlista/", catalogue.glossary, name="glossary"),
    path("data/", statistics.editions, name="editions"),
    path("data/inlasning/", arriving.hand_in, name="hand_in"),
    path("data/inlasning/<slug:sha256>/", arriving.arrival, name="arrival"),
    path("data/inlasning/<slug:sha256>/publicera/", arriving.publish, name="arrival.publish"),
    path("data/inlasning/<slug:sha256>/kasta/", arriving.discard, name="arrival.discard"),
    path("data/utgava/<slug:version>/", statistics.edition, name="edition"),
    *assessments.pages,
    *people.pages,
    *federation.pages,
    *privacy.pages,
]

handler400 = "styrkedjan.pages.start.views.misdirected"
handler404 = "styrkedjan.pages.start.views.not_found"
handler500 = "styrkedjan.pages.start.views.broken"
