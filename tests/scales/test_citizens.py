"""What citizens see of a year of any scale, and of two years of different ones, which are never counted together."""

import re
from io import BytesIO
from urllib.parse import quote

import openpyxl
import pytest

from actionplan.exports.pdf import report_html
from actionplan.publishing.publish import publish
from tests import factories
from tests.scales.plans import SCALES, give_scale, make_year, retire

pytestmark = pytest.mark.django_db
every_scale = pytest.mark.parametrize("name", SCALES)


def page(client, address):
    response = client.get(address, follow=True)
    assert response.status_code == 200, address
    return response.content.decode("utf-8-sig")


def words(html):
    """The words of a page, blanks aside."""
    return "".join(re.sub(r"<[^>]+>", " ", html).split())


def labels(name):
    return [label for _, label, _ in SCALES[name]]


@every_scale
@pytest.mark.parametrize(
    "address", ["/", "/reports/2009/", "/reports/2009/policies/1/", "/search/?year=2009", "/reports/2009.csv"]
)
def test_every_page_says_every_category_by_its_name(client, name, address):
    publish(make_year(name), by=None)
    found = words(page(client, address))
    assert all(label in found for label in labels(name))


@every_scale
def test_the_front_page_counts_each_and_explains_it(client, name):
    publish(make_year(name), by=None)
    html = page(client, "/")
    total = len(SCALES[name]) + 1
    for code, label, _ in SCALES[name]:
        assert f"{label}1／{total}項目" in words(html)
        assert f"{label}の意味です。" in html
        assert html.count(f'<pattern id="fill-{code}"') == 1
        assert f"progress={code}" in html
    assert set(re.findall(r"url\(#fill-([^)]+)\)", html)) <= set(re.findall(r'id="fill-([^"]+)"', html))


def test_where_letters_say_nothing_the_front_page_says_what_was_done_and_what_was_not(client):
    publish(make_year("seven"), by=None)
    html = page(client, "/")
    assert "実施したもの2項目（A評価・B評価）" in words(html)
    assert "実施しなかったもの1項目（G評価）" in words(html)
    assert "/search/?year=2009&amp;progress=A&amp;progress=B" in html


def test_the_usual_words_need_no_such_line(client):
    publish(make_year("default"), by=None)
    assert "numerals-meanings" not in page(client, "/")


@every_scale
def test_each_can_be_searched_for(client, name):
    publish(make_year(name), by=None)
    for code, label, _ in SCALES[name]:
        html = page(client, f"/search/?year=2009&progress={code}")
        assert "1件見つかりました" in html
        assert f'<span class="progress__value">{label}</span>' in html
    assert client.get("/search/?year=2009&progress=other").status_code == 404


@every_scale
def test_every_file_has_code_and_name(client, name):
    edition = publish(make_year(name), by=None)
    csv = page(client, "/reports/2009.csv")
    text = page(client, "/reports/2009.txt")
    sheet = openpyxl.load_workbook(BytesIO(client.get("/reports/2009.xlsx").content)).active
    cells = {str(cell.value) for row in sheet.iter_rows() for cell in row}
    for code, label, _ in SCALES[name]:
        assert f",{code},{label}," in csv
        assert f"【進捗区分】{label}" in text
        assert {code, label} <= cells
        assert label in report_html(edition)
    assert client.get("/reports/2009-form.xlsx").status_code == 200


PAIRS = [("default", "a-d"), ("a-d", "seven"), ("a-d", "three words"), ("three words", "default")]


@pytest.fixture
def two_years(request):
    """Two years of a plan that went over to another scale between them; both are public."""
    before, now = request.param
    plan = give_scale(factories.make_plan(), before)
    first = publish(make_year(before, 2009, plan), by=None)
    codes = {code for code, _, _ in SCALES[before]}
    retire(plan)
    for order, row in enumerate(plan.categories.filter(code__in={code for code, _, _ in SCALES[now]}), 50):
        # The same letter may mean another thing now: it is used again under its new name.
        row.retired, row.order = False, order
        row.label, row.meaning = next((label, meaning) for code, label, meaning in SCALES[now] if code == row.code)
        row.save()
    give_missing(plan, now, codes)
    plan = type(plan).objects.get(pk=plan.pk)
    return before, now, first, publish(make_year(now, 2010, plan), by=None)


def give_missing(plan, name, codes):
    from actionplan.models import PlanCategory
    from tests.scales.plans import PATTERNS

    for order, (code, label, meaning) in enumerate(SCALES[name], 20):
        if code not in codes:
            facts = {"code": code, "label": label, "meaning": meaning, "pattern": PATTERNS[order - 20]}
            PlanCategory.objects.create(plan=plan, order=order, definition=f"{label}の意味です。", **facts)


both = pytest.mark.parametrize("two_years", PAIRS, indirect=True, ids=lambda pair: "→".join(pair))


@both
def test_the_changes_page_says_that_the_scales_differ_and_subtracts_nothing(client, two_years):
    before, now, *_ = two_years
    html = page(client, "/reports/2010/changes/")
    assert "進捗区分の決め方が違います" in words(html)
    assert "chart-table--change" not in html
    assert not re.search(r"＋\d|－\d|増減なし", html)
    assert "区分が変わった項目" not in html
    assert all(label in words(html) for label in [*labels(before), *labels(now)])
    pairs = re.findall(r"</th>\s*<td>(.*?)</td>\s*<td>(.*?)</td>", html[html.index('id="categories"') :], re.S)
    assert (labels(before)[0], labels(now)[0]) in [
        tuple(words(cell).removeprefix("平成21年度").removeprefix("平成22年度") for cell in pair) for pair in pairs
    ]
    assert set(re.findall(r"url\(#fill-([^)]+)\)", html)) <= set(re.findall(r'id="fill-([^"]+)"', html))


@both
def test_the_front_page_shows_them_side_by_side(client, two_years):
    html = page(client, "/")
    assert html.count('class="chart-table chart-table--apart"') == 2
    assert "chart-table--change" not in html
    assert len(set(re.findall(r'id="([^"]+)"', html))) == len(re.findall(r' id="([^"]+)"', html))


@both
def test_an_item_through_the_years_says_so_instead_of_marking_the_category_as_changed(client, two_years):
    before, now, first, _ = two_years
    html = page(client, f"/items/{first.rows.first().public_id}/")
    assert html.count("前の年度とは、進捗区分の決め方が違います。") == 1
    row = html[html.index('<th scope="row">進捗区分</th>') :]
    assert "<ins>" not in row[: row.index("</tr>")]
    assert labels(before)[0] in row
    assert labels(now)[0] in row


@both
def test_a_search_over_all_years_has_a_facet_a_scale_and_no_count_over_both(client, two_years):
    before, now, *_ = two_years
    html = page(client, "/search/?year=all")
    assert "<legend>進捗区分（平成21年度）</legend>" in html
    assert "<legend>進捗区分（平成22年度）</legend>" in html
    values = re.findall(r'name="progress"\s+value="([^"]+)"', html)
    assert len(values) == len(set(values)) == len(SCALES[before]) + len(SCALES[now]) + 2
    for value in values:
        found = page(client, f"/search/?year=all&progress={quote(value)}")
        assert "1件見つかりました" in found, value


@both
def test_an_address_of_before_finds_what_it_found(client, two_years):
    for code, _, _ in SCALES[two_years[0]]:
        for year in ("2009", "all"):
            found = page(client, f"/search/?year={year}&progress={code}")
            assert "1件見つかりました" in found
            assert "2010年" not in found[found.index('id="results-title"') :].split("hit-group", 1)[1]


@both
def test_a_years_own_link_finds_that_years_items(client, two_years):
    _, now, *_ = two_years
    for code, label, _ in SCALES[now]:
        found = page(client, f"/search/?year=2010&progress={code}")
        assert "1件見つかりました" in found
        assert f'<span class="progress__value">{label}</span>' in found
        assert found.count("checked") == 1


@both
def test_the_result_as_a_file_names_each_by_its_own_words(client, two_years):
    before, now, *_ = two_years
    csv = page(client, "/search.csv?year=all")
    assert all(f",{code},{label}," in csv for name in (before, now) for code, label, _ in SCALES[name])


def test_a_scale_that_only_words_itself_by_other_widths_is_the_same_scale(client):
    plan = give_scale(factories.make_plan(), "a-d")
    publish(make_year("a-d", 2009, plan), by=None)
    for row in plan.categories.exclude(code="unset"):
        row.label = chr(ord(row.label) + 0xFEE0)
        row.save()
    publish(make_year("a-d", 2010, type(plan).objects.get(pk=plan.pk)), by=None)
    html = page(client, "/reports/2010/changes/")
    assert "進捗区分の決め方が違います" not in html
    assert "増減なし" in html


@every_scale
def test_the_public_pages_ask_as_often_whatever_the_scale(client, name, django_assert_max_num_queries):
    publish(make_year(name), by=None)
    for address in ("/", "/reports/2009/", "/search/?year=all"):
        with django_assert_max_num_queries(5):
            client.get(address)
