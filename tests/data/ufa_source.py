"""How the official UFA workbook for grundskola is read, written out by hand for the tests of its reader."""

from io import BytesIO

from xlsxwriter import Workbook

from styrkedjan.core.catalogue import Measure, PeriodMeaning, StatisticsSource, Unit
from styrkedjan.core.statistics import MarkTable, Status

# ruff: noqa: E501
# id, printed label, group, unit, decimals, source, årskurs, respondent
_ROWS: tuple[tuple[str, str, str, Unit, int, str, int | None, str | None], ...] = (
    ("pupil_count", "Elever: Antal elever", "pupils", Unit.COUNT, 0, "pupils", None, None),
    ("girls_percent", "Elever: Andel (%) flickor", "pupils", Unit.PERCENT, 1, "pupils", None, None),
    ("foreign_background_percent", "Elever: Andel (%) med utländsk bakgrund", "pupils", Unit.PERCENT, 1, "pupils", None, None),
    ("educated_parents_percent", "Elever: Andel (%) med föräldrar med eftergymnasial utbildning", "pupils", Unit.PERCENT, 1, "pupils", None, None),
    ("staff_fte", "Personal: Totalt (heltidstjänster)", "staff", Unit.FTE, 1, "staff", None, None),
    ("principals_fte", "Personal: Rektorer (heltidstjänster)", "staff", Unit.FTE, 1, "staff", None, None),
    ("teachers_fte", "Personal: Lärare (heltidstjänster)", "staff", Unit.FTE, 1, "staff", None, None),
    ("counsellors_fte", "Personal: Studie- och yrkesvägledare (heltidstjänster)", "staff", Unit.FTE, 1, "staff", None, None),
    ("women_teachers_percent", "Personal: Lärare, andel (%) kvinnor (heltidstjänster)", "staff", Unit.PERCENT, 1, "staff", None, None),
    ("qualified_teachers_percent", "Personal: Lärare i ämne/n, andel (%) med legitimation och behörighet (heltidstjänster)", "staff", Unit.PERCENT, 1, "staff", None, None),
    ("special_teachers_percent", "Personal: Lärare, andel (%) speciallärare med behörighet för särskilt stöd (heltidstjänster)", "staff", Unit.PERCENT, 1, "staff", None, None),
    ("permanent_teachers_percent", "Personal: Lärare, andel (%) tillsvidareanställda (heltidstjänster)", "staff", Unit.PERCENT, 1, "staff", None, None),
    ("lead_teachers_percent", "Personal: Andel (%) förstelärare och lektorer (antal tjänstgörande)", "staff", Unit.PERCENT, 1, "staff", None, None),
    ("pupils_per_teacher", "Personal: Antal elever per lärare (heltidstjänster)", "staff", Unit.RATIO, 1, "staff", None, None),
    ("pupils_per_counsellor", "Personal: Antal elever per SYV (heltidstjänster)", "staff", Unit.RATIO, 1, "staff", None, None),
    ("total_cost", "Kostnader: Totalt (tkr)", "costs", Unit.KSEK, 0, "costs", None, None),
    ("teaching_cost", "Kostnader: Undervisning (tkr)", "costs", Unit.KSEK, 0, "costs", None, None),
    ("cost_per_pupil", "Kostnader: Per elev", "costs", Unit.SEK, 0, "costs", None, None),
    ("premises_cost_per_pupil", "Kostnader: Per elev för lokaler och inventarier", "costs", Unit.SEK, 0, "costs", None, None),
    ("teaching_cost_per_pupil", "Kostnader: Per elev för undervisning", "costs", Unit.SEK, 0, "costs", None, None),
    ("meals_cost_per_pupil", "Kostnader: Per elev för skolmåltider", "costs", Unit.SEK, 0, "costs", None, None),
    ("tools_cost_per_pupil", "Kostnader: Per elev för lärverktyg, utrustning, skolbibliotek", "costs", Unit.SEK, 0, "costs", None, None),
    ("health_cost_per_pupil", "Kostnader: Per elev för elevhälsa", "costs", Unit.SEK, 0, "costs", None, None),
    ("other_cost_per_pupil", "Kostnader: Per elev för övrigt", "costs", Unit.SEK, 0, "costs", None, None),
    ("all_subjects_grade_6_percent", "Delmål 1: Andel (%) elever som har lägst betyget E i samtliga ämnen efter årskurs 6", "knowledge", Unit.PERCENT, 1, "grades", 6, None),
    ("all_subjects_grade_9_percent", "Delmål 1: Andel (%) elever som har lägst betyget E i samtliga ämnen efter årskurs 9", "knowledge", Unit.PERCENT, 1, "grades", 9, None),
    ("eligible_percent", "Delmål 1: Andel (%) elever som blir behöriga till ett nationellt program i gymnasieskolan", "knowledge", Unit.PERCENT, 1, "grades", 9, None),
    ("safety_grade_5", "Delmål 2: Elevers upplevelse av trygghet i årskurs 5 (medelvärde)*", "safety", Unit.INDEX, 1, "school_survey", 5, "pupils"),
    ("safety_grade_8", "Delmål 2: Elevers upplevelse av trygghet i årskurs 8 (medelvärde)*", "safety", Unit.INDEX, 1, "school_survey", 8, "pupils"),
    ("calm_grade_5", "Delmål 2: Elevers upplevelse av studiero i årskurs 5 (medelvärde)*", "safety", Unit.INDEX, 1, "school_survey", 5, "pupils"),
    ("calm_grade_8", "Delmål 2: Elevers upplevelse av studiero i årskurs 8 (medelvärde)*", "safety", Unit.INDEX, 1, "school_survey", 8, "pupils"),
    ("respect_grade_5", "Delmål 2: Elevers upplevelse av skolans arbete med att förhindra kränkningar i årskurs 5 (medelvärde)*", "safety", Unit.INDEX, 1, "school_survey", 5, "pupils"),
    ("respect_grade_8", "Delmål 2: Elevers upplevelse av skolans arbete med att förhindra kränkningar i årskurs 8 (medelvärde)*", "safety", Unit.INDEX, 1, "school_survey", 8, "pupils"),
    ("safety_staff", "Delmål 2: Pedagogiska personalens uppfattning om trygghet (medelvärde)*", "safety", Unit.INDEX, 1, "school_survey", None, "staff"),
    ("calm_staff", "Delmål 2: Pedagogiska personalens uppfattning om studiero (medelvärde)*", "safety", Unit.INDEX, 1, "school_survey", None, "staff"),
    ("stimulation_grade_5", "Delmål 3: Elevers upplevelse av stimulans i årskurs 5 (medelvärde)*", "stimulation", Unit.INDEX, 1, "school_survey", 5, "pupils"),
    ("stimulation_grade_8", "Delmål 3: Elevers upplevelse av stimulans i årskurs 8 (medelvärde)*", "stimulation", Unit.INDEX, 1, "school_survey", 8, "pupils"),
    ("stimulation_staff", "Delmål 3: Pedagogiska personalens uppfattning om stimulans (medelvärde)*", "stimulation", Unit.INDEX, 1, "school_survey", None, "staff"),
    ("support_grade_5", "Delmål 4: Elevers upplevelse av stöd i årskurs 5 (medelvärde)*", "support", Unit.INDEX, 1, "school_survey", 5, "pupils"),
    ("support_grade_8", "Delmål 4: Elevers upplevelse av stöd i årskurs 8 (medelvärde)*", "support", Unit.INDEX, 1, "school_survey", 8, "pupils"),
    ("support_staff", "Delmål 4: Pedagogiska personalens uppfattning om stöd (medelvärde)*", "support", Unit.INDEX, 1, "school_survey", None, "staff"),
    ("special_support_staff", "Delmål 4: Pedagogiska personalens uppfattning om särskilt stöd (medelvärde)*", "support", Unit.INDEX, 1, "school_survey", None, "staff"),
    ("help_guardians", "Delmål 4: Vårdnadshavares uppfattning om deras barn får den hjälp som behövs för att klara skolarbetet (medelvärde)*", "support", Unit.INDEX, 0, "school_survey", None, "guardians"),
    ("swedish_tests_grade_3_percent", "Delmål 5: Andel (%) elever som uppnår kravnivån på samtliga delprov i det nationella provet i svenska eller svenska som andraspråk i årskurs 3", "swedish", Unit.PERCENT, 1, "national_tests", 3, None),
    ("swedish_grade_6_percent", "Delmål 5: Andel (%) elever som har lägst betyget E i ämnet svenska eller svenska som andraspråk i årskurs 6", "swedish", Unit.PERCENT, 1, "grades", 6, None),
    ("swedish_grade_9_percent", "Delmål 5: Andel (%) elever som har lägst betyget E i ämnet svenska eller svenska som andraspråk i årskurs 9", "swedish", Unit.PERCENT, 1, "grades", 9, None),
    ("mathematics_tests_grade_3_percent", "Delmål 6: Andel (%) elever som uppnår kravnivån på samtliga delprov i det nationella provet i matematik i årskurs 3", "mathematics", Unit.PERCENT, 1, "national_tests", 3, None),
    ("mathematics_grade_6_percent", "Delmål 6: Andel (%) elever som har lägst betyget E i ämnet matematik i årskurs 6", "mathematics", Unit.PERCENT, 1, "grades", 6, None),
    ("mathematics_grade_9_percent", "Delmål 6: Andel (%) elever som har lägst betyget E i ämnet matematik i årskurs 9", "mathematics", Unit.PERCENT, 1, "grades", 9, None),
)  # fmt: skip

_PERIODS = {"costs": PeriodMeaning.FIRST_CALENDAR_YEAR, "school_survey": PeriodMeaning.SECOND_CALENDAR_YEAR}

MEASURES: tuple[Measure, ...] = tuple(
    Measure(
        id=measure_id,
        official_label=label,
        name=label.split(": ", 1)[1],
        short_name=label.split(": ", 1)[1],
        group=group,
        unit=unit,
        decimals=decimals,
        source=source,
        grade=grade,
        respondent=respondent,
        period=_PERIODS.get(source, PeriodMeaning.SCHOOL_YEAR),
        definition="",
        breaks=(),
        practical_floor=None,
        practical_floor_small=None,
        jump=10.0,
        every_other_year=source == "school_survey",
        headline=False,
    )
    for measure_id, label, group, unit, decimals, source, grade, respondent in _ROWS
)

UFA_SOURCE = StatisticsSource(
    id="ufa_grundskola",
    name="Underlag för analys, grundskola",
    publisher="Skolverket",
    licence="CC0 1.0",
    url="",
    school_form="grundskola",
    title="Underlag för analys för grundskola efter mått, huvudman och läsår",
    sheet="Underlag för analys",
    marks=MarkTable(
        "ufa_grundskola",
        {".": Status.MISSING, "..": Status.HIDDEN, "...": Status.MAJORITY, "-": Status.BELOW_RULES},
    ),
    mark_words={},
    labels={measure.official_label: measure.id for measure in MEASURES},
    absent={},
)


TITLE = UFA_SOURCE.title
NATION = "RIKET: TOTALT"
ORGANISER = "EKDALENS KOMMUN (2120990010): HUVUDMAN"
SCHOOL = "EKDALENS KOMMUN (2120990010): EKSKOLAN (90000001)"
OTHER_SCHOOL = "EKDALENS KOMMUN (2120990010): BJÖRKSKOLAN (90000002)"
NOTES = ("Siffrorna är påhittade.", "TECKENFÖRKLARINGAR\n(.) saknas\n(..) sekretess", "läsår:", "Avser läsår.")


def small_grid(year: str = "2024/25") -> list[list]:
    """The rows of a tiny workbook in the official layout: four units, every measure, every mark."""
    labels = [NATION, ORGANISER, SCHOOL, OTHER_SCHOOL]
    marks = [".", "..", "...", "-"]
    rows: list[list] = [[TITLE], [], [None, *labels], [None, *[year] * len(labels)]]
    for number, measure in enumerate(MEASURES):
        rows.append([measure.official_label, number + 0.5, number * 2.0, float(number), marks[number % 4]])
    return [*rows, [], *([note] for note in NOTES)]


def xlsx(rows: list[list], sheet: str = UFA_SOURCE.sheet) -> bytes:
    """The rows as an xlsx; None is an empty cell."""
    buffer = BytesIO()
    with Workbook(buffer, {"in_memory": True, "default_date_format": "yyyy-mm-dd"}) as workbook:
        worksheet = workbook.add_worksheet(sheet)
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                if isinstance(cell, str):
                    worksheet.write_string(row, column, cell)
                elif cell is not None:
                    worksheet.write(row, column, cell)
    return buffer.getvalue()
