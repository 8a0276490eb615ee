"""The CSV of a search."""

import pytest

from actionplan.exports.report_files import search_file_name, write_search_csv
from actionplan.publishing.publish import publish
from actionplan.selectors.filters import Filters
from actionplan.selectors.search import ask
from actionplan.uploads import read_csv
from tests import factories
from tests.exports.editions import ACTORS, front_matter, make_edition

pytestmark = pytest.mark.django_db
CATEGORIES = [{"code": "unset", "label": "未設定"}]


def table(**asked):
    return read_csv(write_search_csv(ask(Filters(**asked))))


def column(found, header: str) -> list[str]:
    return [row[found.headers.index(header)] for row in found.rows]


def test_the_file_of_everything_is_the_file_of_the_year(client, real_report):
    publish(real_report, by=None)
    assert write_search_csv(ask(Filters(year="2009"))) == client.get("/reports/2009.csv").content


def test_the_file_holds_what_was_found_and_no_more(real_report):
    publish(real_report, by=None)
    found = table(progress=("not_done",))
    assert column(found, "進捗区分") == ["未実施"] * 5
    assert column(found, "施策番号") == ["1", "4", "4", "4", "5"]


def test_a_file_of_nothing_still_has_its_headers(real_report):
    publish(real_report, by=None)
    nothing = write_search_csv(ask(Filters(text="宇宙"))).decode("utf-8-sig")
    assert nothing.startswith("全国地方公共団体コード,ID,")
    assert nothing.count("\r\n") == 1


def test_several_years_stand_in_one_file_with_one_set_of_columns():
    actors = [*ACTORS, {"symbol": "◆", "label": "団体が主体", "short_name": "団体"}]
    older = front_matter(progress=CATEGORIES)
    newer = front_matter(fiscal_year=2010, era_label="平成22年度", actors=actors, progress=CATEGORIES)
    make_edition(factories.make_report(fiscal_year=2009), [{"actor_symbols": "★◎"}], front_matter=older)
    make_edition(factories.make_report(fiscal_year=2010), [{"actor_symbols": "◆"}], front_matter=newer)
    found = table(year="all")
    assert column(found, "年度_西暦") == ["2010", "2009"]
    assert column(found, "主体_団体") == ["1", "0"]
    assert column(found, "主体_市民") == ["0", "1"]


def test_a_text_that_looks_like_a_formula_is_guarded():
    publish(factories.make_status(text="=1+1").report, by=None)
    assert ",'=1+1," in write_search_csv(ask(Filters())).decode("utf-8-sig")


def test_the_name_of_the_file_says_that_it_is_a_search_result():
    publish(factories.make_status().report, by=None)
    assert search_file_name(ask(Filters())) == "422096_action_plan_search_result_fy2009.csv"
    assert search_file_name(ask(Filters(year="all"))) == "422096_action_plan_search_result_all_years.csv"


def test_a_file_with_a_made_up_year_says_so_in_its_name_and_in_every_record():
    make_edition(factories.make_report(), [{}, {}], front_matter=front_matter(progress=CATEGORIES, sample=True))
    assert search_file_name(ask(Filters(year="all"))).endswith("_all_years_sample.csv")
    assert column(table(), "備考") == ["見本データ", "見本データ"]
