"""Packs: one underlag, every underlag, and the same content through WeasyPrint."""

import re
import subprocess
import sys
import threading
import time
from pathlib import Path
from statistics import median

from django.conf import settings
from django.test import Client

from styrkedjan.core.access import ANYONE
from tests.benchmarks.measuring import line, seconds

SAMPLE = 20
GROWTH = """
import resource, sys, django
django.setup()
from styrkedjan.core.access import ANYONE
from styrkedjan.queries.briefings import briefing
from styrkedjan.queries.catalogue import catalogue
from styrkedjan.queries.places import every_organiser
from styrkedjan.render.pdf import briefing_pdf
keys = [place.key for place in every_organiser(ANYONE)]
now = lambda: int(re.search(r"VmRSS:\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1024
import re
for number, key in enumerate((keys * 8)[:800], start=1):
    briefing_pdf(briefing(ANYONE, key), catalogue())
    if number in (200, 800):
        print(now())
"""


def bench(home: Path) -> None:
    from styrkedjan.queries.places import every_organiser

    keys = [organiser.key for organiser in every_organiser(ANYONE)]
    one = median(seconds(lambda key=key: _pdf(key)) for key in _organisers_of_median_size(9))
    line("one underlag, huvudmän of median size", f"{one:.3f} s ({one / 0.5:.2f} of the limit)", "0.5 s", one < 0.5)
    _against_weasyprint(keys[:: max(1, len(keys) // SAMPLE)][:SAMPLE])
    _all(home, len(keys))
    _memory()


def _pdf(key: str) -> bytes:
    from styrkedjan.queries.briefings import briefing
    from styrkedjan.queries.catalogue import catalogue
    from styrkedjan.render.pdf import briefing_pdf

    return briefing_pdf(briefing(ANYONE, key), catalogue())


def _organisers_of_median_size(count: int) -> list[str]:
    """Different ones, since Typst is quicker with a document that it has just made."""
    from django.db.models import Count

    from styrkedjan.tables.places import Organiser

    counted = Organiser.objects.filter(listed=True).annotate(n=Count("units")).order_by("n", "key")
    middle = counted.count() // 2
    return [organiser.key for organiser in counted[middle - count // 2 : middle + count // 2 + 1]]


def _against_weasyprint(sample: list[str]) -> None:
    import logging

    from weasyprint import HTML

    from styrkedjan.queries.briefings import briefing
    from styrkedjan.queries.catalogue import catalogue
    from styrkedjan.render.pdf import briefing_pdf

    logging.getLogger("weasyprint").setLevel(logging.CRITICAL)  # it tells of every rule of the style sheet it skips

    client = Client(SERVER_NAME="localhost")
    ours = theirs = 0.0
    for key in sample:
        html, value = _standalone(client, key), briefing(ANYONE, key)  # both start from what is already evaluated
        ours += seconds(lambda value=value: briefing_pdf(value, catalogue()))
        theirs += seconds(lambda html=html: HTML(string=html).write_pdf(pdf_variant="pdf/ua-1"))
    line(
        f"WeasyPrint / ours, per pack, {len(sample)} packs",
        f"{theirs / ours:.1f}x ({theirs / len(sample):.2f} s / {ours / len(sample):.3f} s)",
        "at least 10x",
        theirs >= 10 * ours,
    )


def _standalone(client: Client, key: str) -> str:
    """The underlag page with its style sheets inside, so that WeasyPrint gets the same content and fetches nothing."""
    answer = client.get(f"/huvudman/{key}/underlag/")
    assert answer.status_code == 200, key
    html = answer.content.decode()
    folder = settings.STATICFILES_DIRS[0]
    css = "".join((folder / "styrkedjan" / name).read_text() for name in ("tokens.css", "base.css"))
    css = re.sub(r"@font-face\s*{[^}]*}", "", css)
    html = re.sub(r"<link[^>]*>", "", html)
    return html.replace("</head>", f"<style>{css}</style></head>")


def _all(home: Path, count: int) -> None:
    """Every huvudman through the command, with the memory of its largest process watched."""
    command = [str(Path(sys.executable).with_name("styrkedjan")), "underlag", "--all", str(home / "packs")]
    peaks: list[float] = []
    start = time.perf_counter()
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    watcher = threading.Thread(target=_watch, args=(running, peaks))
    watcher.start()
    assert running.wait() == 0
    watcher.join()
    taken = time.perf_counter() - start
    made = len(list((home / "packs").glob("*.pdf")))
    line(f"--all: {made} of {count} underlag", f"{taken:.0f} s ({taken / 300:.2f} of the limit)", "300 s", taken < 300)
    line("--all: largest process", f"{max(peaks):.0f} MB", "flat, see below", True)


def _watch(running: subprocess.Popen, peaks: list[float]) -> None:
    import psutil

    while running.poll() is None:
        try:
            family = [psutil.Process(running.pid), *psutil.Process(running.pid).children(recursive=True)]
            peaks.append(max(each.memory_info().rss for each in family) / 1e6)
        except psutil.Error:
            pass
        time.sleep(0.5)


def _memory() -> None:
    done = subprocess.run([sys.executable, "-c", GROWTH], capture_output=True, text=True, check=True)
    early, late = map(float, done.stdout.split())
    line(
        "memory after 800 underlag / after 200",
        f"{late / early:.2f}x ({late:.0f} / {early:.0f} MB)",
        "1.10x",
        late < 1.1 * early,
    )
