"""The addresses of working material: the same under an organiser and a unit, and those of the agencies."""

from django.urls import path

from styrkedjan.pages.sharing import agencies, papers, receipts


def place_pages(kind: str) -> list:
    """The pages under a place's ``arbete/``. ``kind`` is organiser or unit."""
    one = "<uuid:paper>/"
    receipt = "kvitton/<uuid:receipt>/"
    return [
        path("", papers.work, name=f"{kind}.work"),
        path("nytt/<slug:paper_kind>/", papers.new, name=f"{kind}.paper.new"),
        path(one, papers.paper, name=f"{kind}.paper"),
        path(f"{one}andra/", papers.edit, name=f"{kind}.paper.edit"),
        path(f"{one}historik/", papers.history, name=f"{kind}.paper.history"),
        path(f"{one}siffror.csv", papers.figures_csv, name=f"{kind}.paper.csv"),
        path(f"{one}kopiera/", papers.copy, name=f"{kind}.paper.copy"),
        path(f"{one}ta-bort/", papers.remove, name=f"{kind}.paper.remove"),
        path(f"{one}dela/", receipts.share, name=f"{kind}.paper.share"),
        path("kvitton/", receipts.receipts, name=f"{kind}.receipts"),
        path("kvitton.csv", receipts.receipts_csv, name=f"{kind}.receipts.csv"),
        path(receipt, receipts.receipt, name=f"{kind}.receipt"),
        path(f"{receipt}version.json", receipts.version_json, name=f"{kind}.receipt.json"),
        path(f"{receipt}ta-tillbaka/", receipts.withdraw, name=f"{kind}.receipt.withdraw"),
    ]


agency_pages = [
    path("", agencies.shared, name="shared"),
    path("<uuid:receipt>/", agencies.shared_version, name="shared.version"),
    path("<uuid:receipt>/version.json", agencies.version_json, name="shared.json"),
]
