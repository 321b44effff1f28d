"""The macros of forms: the markup that a person, a screen reader and the server rely on."""

import re

import pytest

from tests.pages.sample_form import GOOD, LEAD, ORGANISER, UNIT, WRONG, SampleForm, rendered

pytestmark = pytest.mark.usefixtures("house")

IMPORT = (
    "{% import 'layout/templates/forms.html' as forms with context %}"
    "{% import 'layout/templates/parts.html' as parts with context %}"
)


def made(source: str, viewer=None, **context) -> str:
    return re.sub(r"\s+", " ", rendered(IMPORT + source, viewer, **context)).strip()


def field(name: str, data: dict | None = None, more: str = "") -> str:
    return made(f"{{{{ forms.field(form['{name}']{more}) }}}}", form=SampleForm(data))


def ids(html: str) -> set[str]:
    return set(re.findall(r'\bid="([^"]+)"', html))


def described_by(html: str) -> list[str]:
    return [each for value in re.findall(r'aria-describedby="([^"]+)"', html) for each in value.split()]


def test_the_form_posts_with_its_token():
    html = made("{% call forms.form('/dit/', 'Skicka', cancel='/bort/') %}<p>fält</p>{% endcall %}")
    assert '<form class="form" method="post" action="/dit/" novalidate>' in html
    assert 'name="csrfmiddlewaretoken"' in html
    assert '<button class="button">Skicka</button>' in html
    assert '<a class="button button--quiet" href="/bort/">Avbryt</a>' in html
    assert "multipart" not in html


def test_a_form_with_files_and_none_of_its_own_buttons():
    html = made("{% call forms.form('/dit/', submit='', multipart=true) %}{% endcall %}")
    assert 'enctype="multipart/form-data"' in html
    assert "<button" not in html


@pytest.mark.parametrize("name", ["name", "email", "until", "why", "place", "file"])
def test_the_label_stands_above_its_field(name):
    html = field(name)
    label = re.search(rf'<label for="id_{name}">', html)
    control = re.search(rf'<(input|textarea|select)[^>]*\bid="id_{name}"', html)
    assert label.start() < control.start()
    assert 'class="input"' in control.group() or 'class="input"' in html[control.start() :]


def test_what_may_be_left_out_says_so():
    assert "(valfritt)" in field("until")
    assert "(valfritt)" not in field("name")


def test_the_hint_is_read_with_its_field():
    html = field("name")
    assert html.index("<label") < html.index('class="hint"') < html.index("<input")
    assert described_by(html) == ["id_name_helptext"]
    assert set(described_by(html)) <= ids(html)


@pytest.mark.parametrize("name", ["email", "until", "place", "role", "topics", "sure"])
def test_an_error_is_said_in_words_beside_its_field(name):
    html = field(name, WRONG)
    assert 'class="visually-hidden">Fel: </span>' in html
    assert "icon--warning" in html
    assert f"id_{name}_error" in described_by(html)
    assert set(described_by(html)) <= ids(html)
    assert 'aria-invalid="true"' in html


def test_a_field_in_order_says_nothing_of_errors():
    html = field("email", GOOD)
    assert "aria-invalid" not in html
    assert "icon--warning" not in html


@pytest.mark.parametrize(
    ("name", "kind", "first"), [("role", "radio", "id_role_0"), ("topics", "checkbox", "id_topics_0")]
)
def test_choices_are_a_group_with_a_legend(name, kind, first):
    html = field(name)
    assert html.count("<fieldset") == html.count("<legend>") == 1
    assert len(re.findall(rf'<input type="{kind}"', html)) == 2
    assert f'<label for="{first}">' in html
    assert html.count("<label") == 2


def test_a_single_check_has_its_label_after_it():
    html = field("sure")
    assert html.index("<input") < html.index("<label")
    assert "<fieldset" not in html


def test_a_hidden_field_is_only_itself():
    assert re.fullmatch(r'<input type="hidden" name="kept" value="7" id="id_kept">', field("kept"))


def test_what_the_browser_may_fill_in():
    assert 'autocomplete="email"' in field("email", more=", autocomplete='email'")
    assert "autocomplete" not in field("email")


def test_a_code_field_asks_for_digits():
    html = made("{{ forms.code_field(form.code) }}", form=SampleForm())
    for part in ('inputmode="numeric"', 'autocomplete="one-time-code"', 'class="input code-input"'):
        assert part in html


def test_user_text_is_escaped():
    html = field("name", {**GOOD, "name": '"><script>alert(1)</script>'})
    assert "<script" not in html
    assert "<b>" not in made("{{ forms.facts([('x', '<b>y</b>')]) }}{{ forms.tag('<b>') }}")


def test_the_summary_links_to_every_field_that_is_wrong():
    form = SampleForm(WRONG)
    html = made("{{ forms.errors(form) }}", form=form)
    assert 'role="alert" tabindex="-1" autofocus' in html
    assert "<li>Det finns redan en inbjudan till den här adressen.</li>" in html
    targets = re.findall(r'href="#([^"]+)"', html)
    assert targets == ["id_email", "id_until", "id_place", "id_role_0", "id_topics_0", "id_sure", "id_code"]
    page = made("{% for field in form %}{{ forms.field(field) }}{% endfor %}", form=form)
    assert set(targets) <= ids(page)
    assert ">E-postadress: Fyll i" in html


def test_no_summary_when_nothing_is_wrong():
    assert made("{{ forms.errors(form) }}", form=SampleForm(GOOD)) == ""
    assert made("{{ forms.errors(form) }}", form=SampleForm()) == ""


def test_a_button_that_is_a_form():
    html = made("{{ forms.button_form('/bort/', 'Ta bort', 'danger', {'person': 'a&b'}, about='Bo Ek') }}")
    assert 'method="post" action="/bort/"' in html
    assert 'name="csrfmiddlewaretoken"' in html
    assert '<input type="hidden" name="person" value="a&amp;b">' in html
    assert '<button class="button button--danger">Ta bort<span class="visually-hidden"> Bo Ek</span></button>' in html


def test_notices_tell_their_kind_by_shape_and_only_what_is_done_is_a_status():
    done = made("{% call forms.notice('done', 'Sparat') %}<p>Klart.</p>{% endcall %}")
    warning = made("{% call forms.notice('warning') %}<p>Se upp.</p>{% endcall %}")
    assert 'role="status"' in done
    assert "icon--done" in done
    assert "<strong>Sparat</strong>" in done
    assert "role=" not in warning
    assert "icon--warning" in warning
    assert "<strong>" not in warning


def test_who_can_see_it_is_said_in_words():
    html = made("{{ forms.visible_to('Du och skolchefen.') }}")
    assert "<strong>Vem kan se det här:</strong> Du och skolchefen." in html


def test_a_table_has_its_caption_and_heads():
    html = made(
        "{% call forms.table('Roller', ['Namn', ('Dagar', 'num'), ('Ändra', 'hidden')]) %}<tr></tr>{% endcall %}"
    )
    assert "<caption>Roller</caption>" in html
    assert html.count('scope="col"') == 3
    assert 'scope="col" class="num">Dagar</th>' in html
    assert '<span class="visually-hidden">Ändra</span>' in html


def test_steps_say_where_one_is():
    html = made("{{ forms.steps(2, ['Ett', 'Två', 'Tre']) }}")
    assert re.search(r'aria-current="step"><span>Två', html)
    assert re.search(r"Ett<span class=.visually-hidden.> \(klart\)", html)
    assert html.count("aria-current") == html.count("(klart)") == 1


def test_a_sheet_writes_the_heading_of_the_page():
    html = made("{% call forms.dialog_page('Dela', kicker='Ek', lede='Så här.') %}<p>x</p>{% endcall %}")
    assert html.count("<h1>Dela</h1>") == 1
    assert '<p class="kicker">Ek</p>' in html


def test_the_pager_has_only_the_ways_there_are():
    assert made("{{ forms.pager('', '', 'Sida 1') }}") == ""
    html = made("{{ forms.pager('', '?sida=2', 'Sida 1 av 2') }}")
    assert 'rel="next"' in html
    assert 'rel="prev"' not in html
    assert "Sida 1 av 2" in html


def test_an_empty_state_says_what_to_do():
    html = made("{% call forms.empty('Inget här än') %}<p>Gör så här.</p>{% endcall %}")
    assert "<h2>Inget här än</h2> <p>Gör så här.</p>" in html


def tabs(viewer, key: str) -> list[str]:
    return re.findall(r"<a [^>]*>([^<]+)</a>", made(f"{{{{ parts.place_tabs('{key}', 'position') }}}}", viewer))


def test_only_those_with_a_role_get_the_tabs_of_a_place():
    assert tabs(None, ORGANISER) == []
    assert tabs(LEAD, "2120009593") == []
    assert tabs(LEAD, ORGANISER) == ["Läget", "Underlag", "Arbetsmaterial", "Självvärdering", "Personer", "Händelser"]
    assert tabs(LEAD, UNIT) == ["Läget", "Underlag", "Arbetsmaterial", "Självvärdering"]
