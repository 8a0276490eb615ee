"""Numbers as cities print them: kept to the letter, through our own files too, and told where read otherwise."""

import pytest

from actionplan.exports.pdf import can_make_pdf
from actionplan.exports.report_files import KINDS
from actionplan.models import ActionItem, Measure, Plan, Policy
from actionplan.past.files import read_source
from actionplan.past.vocabulary import CODE, is_spelt_number, levels_of, printed_before
from actionplan.publishing.one_wording import PRINTED, printed_twice
from actionplan.publishing.publish import publish
from tests.past.tables import as_csv, as_xlsx, reading_of, suggested_choices, taken_in
from tests.past.test_own_files import NAMES, UNKNOWN, forget, rows, without

pytestmark = pytest.mark.django_db
HEADS = ["番号", "項目", "実績"]


def taken(table, person, name="x.csv"):
    return taken_in(Plan.objects.get(), as_csv(table), name, person, 2015)


@pytest.mark.parametrize(
    "text",
    ["2-(1)-①", "A-3", "基本1-(2)-イ", "２－（１）－①", "Ⅱ-3", "1-2-3-4-5", "B12", "3-ア", "1(2)③", "1.2.3", "第3-1"],
)
def test_numbers_of_plans(text):
    assert is_spelt_number(text)


@pytest.mark.parametrize("text", ["約120", "", "120人", "学習会", "A-", "-1", "=1+1", "1\u202e2", "1 000 円"])
def test_what_is_no_number(text):
    assert not is_spelt_number(text)


@pytest.mark.parametrize(
    ("text", "levels"),
    [("A-3", (1, 3)), ("1-(2)-イ", (1, 2, None)), ("Ｂ－２", (2, 2)), ("ア", (None,)), ("2-(1)-①", (2, 1, 1))],
)
def test_what_a_number_says_of_the_order(text, levels):
    assert levels_of(text) == levels


@pytest.mark.parametrize(
    ("text", "policy", "printed"),
    [
        ("施策１　意識を高める", True, ""),
        ("施策 1 意識を高める", True, ""),
        ("基本目標Ⅱ 支え合う", True, "基本目標Ⅱ"),
        ("■（１）広報の充実", False, "（１）"),
        ("施策１　意識", False, "施策１"),
        ("■多様な機会", False, None),
        ("２１校区で説明会", True, None),
    ],
)
def test_the_number_before_a_title(text, policy, printed):
    assert printed_before(text, policy) == printed


@pytest.mark.parametrize(
    ("numbers", "figures"),
    [
        (["2-(1)-①", "2-(1)-②"], ["2-1-1", "2-1-2"]),
        (["１－１－１", "1-1-2"], ["1-1-1", "1-1-2"]),
        (["A-1", "B-2"], ["1-1-1", "2-1-2"]),
        (["基本1-(2)-イ", "基本1-(2)-ロ"], ["1-2-1", "1-2-2"]),
        (["2-1", "2-2"], ["2-1-1", "2-1-2"]),
        (["C12", "C13"], ["1-1-1", "1-1-2"]),
        (["1-2-3-4", "1-2-3-5"], ["1-1-1", "1-1-2"]),
    ],
)
def test_a_number_is_kept_to_the_letter(numbers, figures, plan, coordinator):
    done = taken([HEADS, [numbers[0], "学習会", "3回"], [numbers[1], "講座", "2回"]], coordinator)
    edition = publish(done.reports[0], by=None)
    assert [row.code for row in edition.rows.all()] == numbers
    assert [row.plain_code for row in edition.rows.all()] == figures


def test_plain_figures_are_no_spelling_of_their_own(plan, coordinator):
    done = taken([HEADS, ["1-1-1", "学習会", "3回"], ["1-1-2", "講座", "2回"]], coordinator)
    edition = publish(done.reports[0], by=None)
    assert not ActionItem.objects.exclude(printed_number="")
    assert "printed" not in edition.front_matter


def test_headings_keep_their_numbers(plan, coordinator):
    table = [
        ["基本目標Ⅰ　支え合う", "", ""],
        ["（１）広報の充実", "", ""],
        HEADS,
        ["1-1-1", "学習会", "3回"],
        ["1-1-2", "講座", "2回"],
    ]
    done = taken_in(Plan.objects.get(), as_xlsx(table), "x.xlsx", coordinator, 2015)
    row = publish(done.reports[0], by=None).rows.first()
    assert (row.policy_printed, row.policy_title) == ("基本目標Ⅰ", "支え合う")
    assert (row.measure_printed, row.measure_title) == ("（１）", "広報の充実")
    assert str(Policy.objects.get()) == "基本目標Ⅰ 支え合う"


@pytest.mark.parametrize(
    ("text", "words"),
    [("①", "「①」のような項目の番号は"), ("A-3", "「A-3」のような番号は、書かれたとおりに残します。")],
)
def test_what_was_read_otherwise_is_told(text, words):
    heads = ["施策", "取組名", *HEADS]
    table = [heads, ["施策1 支える", "広報", text, "学習会", "3回"], ["", "", text[:-1] + "②", "講座", "2回"]]
    assert any(told.sentence.startswith(words) for told in reading_of(as_csv(table), "x.csv", 2015).notes)


@pytest.mark.parametrize("text", ["約120", "長" * 40, "1-" * 20 + "1", "1\u202e-1"])
def test_what_is_no_number_is_refused_at_its_cell(text):
    reading = reading_of(as_csv([HEADS, [text, "学習会", "3回"], ["1", "講座", "2回"]]), "x.csv", 2015)
    assert reading.troubles[0].place == "A2"


def test_a_past_year_keeps_its_own_number_beside_the_plans(plan, coordinator):
    taken([HEADS, ["2-(1)-①", "学習会", "3回"]], coordinator)
    item = ActionItem.objects.get()
    item.printed_number = "B-9"
    item.save()
    done = taken_in(Plan.objects.get(), as_csv([HEADS, ["2-1-1", "学習会", "4回"]]), "y.csv", coordinator, 2016)
    row = publish(done.reports[0], by=None).rows.get()
    assert (row.item_id, row.code, row.item_printed) == (item.pk, "2-1-1", "")
    silent = [["項目", "実績"], ["学習会", "4回"]]
    done = taken_in(Plan.objects.get(), as_csv(silent), "z.csv", coordinator, 2017)
    assert publish(done.reports[0], by=None).rows.get().code == "B-9"


def spell(pairs) -> None:
    for row, printed in pairs:
        row.printed_number = printed
        row.full_clean()
        row.save()


@pytest.mark.parametrize("kind", ["csv", "xlsx", "form", "pdf"])
def test_our_own_files_come_back_with_every_number(kind, real_report, coordinator):
    if kind == "pdf" and not can_make_pdf():
        pytest.skip("no font")
    items = list(ActionItem.objects.all())
    spell(zip(items, ["1-(1)-①", "A-2", "１－１－３", "=1-1", "基本1-(1)-イ", "'番"], strict=False))
    spell(zip(Policy.objects.all(), [f"基本目標{number}" for number in "ⅠⅡⅢⅣⅤ"], strict=True))
    spell(zip(Measure.objects.all(), ["（１）", "1-2"], strict=False))
    edition = publish(real_report, by=None)
    data, expected = KINDS[kind, "utf-8"].write(edition), printed_rows(edition)
    assert edition.front_matter["printed"] == list(PRINTED)
    forget()
    done = taken_in(Plan.objects.get(), data, NAMES[kind], coordinator, 2009)
    found = printed_rows(publish(done.reports[0], by=None))
    unknown = (*UNKNOWN[kind], *(() if kind in ("csv", "xlsx") else ("public_id",)))
    for got, wanted in zip(found, expected, strict=True):
        assert without(got, unknown) == without(wanted, unknown)


def printed_rows(edition) -> list[dict]:
    printed = edition.rows.order_by("position").values(*PRINTED)
    return [row | more for row, more in zip(rows(edition), printed, strict=True)]


def test_one_level_of_a_number_is_kept_beside_those_that_are_printed_above_it(plan, coordinator):
    heads = ["基本目標", "取組", "No.", "事業名", "実績"]
    rows = [
        heads,
        ["Ⅰ 知る", "(1) 広報", "①", "広報紙", "4回"],
        ["", "", "②", "講座", "3回"],
        ["", "(2) 対話", "①", "懇談会", "2回"],
    ]
    done = taken(rows, coordinator)
    edition = publish(done.reports[0], by=None)
    found = [(row.policy_printed, row.measure_printed, row.code, row.plain_code) for row in edition.rows.all()]
    assert found == [("Ⅰ", "(1)", "①", "1-1-1"), ("Ⅰ", "(1)", "②", "1-1-2"), ("Ⅰ", "(2)", "①", "1-2-1")]
    assert edition.front_matter["printed"] == list(PRINTED)
    assert printed_twice(edition.rows.all()) == []


@pytest.mark.parametrize("more", ["3-(1)-イ", "小計", "新規"])
def test_a_column_of_whole_numbers_is_one_though_a_cell_is_written_otherwise(more):
    table = [HEADS, ["1-(1)-①", "学習会", "3回"], ["1-(2)-①", "講座", "2回"], [more, "訓練", "1回"]]
    source = read_source(as_csv(table), "x.csv")
    assert suggested_choices(source).roles[0] == CODE
