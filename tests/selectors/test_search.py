"""Search on the real report, and through the years."""

from datetime import timedelta

import pytest
from django.utils import timezone

from actionplan.models import ActionItem, AlikeWords
from actionplan.publishing.publish import publish, withdraw
from actionplan.selectors import nothing_found
from actionplan.selectors.filters import Filters
from actionplan.selectors.hits import WHY
from actionplan.selectors.search import ask, matching_rows, ranked_rows, search
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def published(real_report):
    return publish(real_report, by=None)


@pytest.fixture
def two_years():
    """Two items in two years; the second year renumbers the first item and gives it another category."""
    item, other = factories.make_item(name="一つ目", marks="★"), factories.make_item(name="二つ目")
    first = factories.make_report(item.measure.policy.plan, 2009)
    factories.make_status(first, item, text="共通の文", progress="not_done")
    factories.make_status(first, other, text="別の文")
    publish(first, by=None)
    item.number = 9
    item.save()
    second = factories.make_report(item.measure.policy.plan, 2010)
    factories.make_status(second, item, text="共通の文", progress="done")
    publish(second, by=None)


def read(pieces) -> str:
    return "".join(piece.text for piece in pieces)


def codes(**asked) -> list[str]:
    return [row.code for row in matching_rows(ask(Filters(**asked)))]


def options(name: str, **asked) -> dict[str, int]:
    question = ask(Filters(**asked))
    facet = next(facet for facet in [question.year, *question.facets] if facet.name == name)
    return {option.value: option.count for option in facet.options}


@pytest.mark.parametrize("typed", ["ﾎｰﾑﾍﾟｰｼﾞ", "ほーむぺーじ", "ホムペジ", "ほーむ　ぺーじ"])
def test_every_way_to_write_a_word_finds_the_same(published, typed):
    assert {"1-1-3", "2-1-1", "2-1-2", "2-1-3", "2-4-1", "3-3-1", "3-4-1"} <= set(codes(text=typed))
    assert len(codes(text=typed)) <= 8


def test_the_searches_of_the_real_report_that_once_found_nothing_or_too_much(published):
    assert len(codes(text="取組")) == len(codes(text="取り組み")) == 7
    assert codes(text="広報つしま") == codes(text="広報「つしま」") == ["2-1-1", "5-2-1"]
    assert codes(text="3-2-1") == codes(text="３－２－１") == codes(text="3ー2ー1") == ["3-2-1"]
    assert codes(text="HP") == codes(text="ホームページ") == codes(text="ｈｐ")
    for typed in ("ルート", "ノート", "スター", "シマ"):
        assert codes(text=typed) == []


def test_names_come_before_texts_and_each_is_told_why(published):
    found = search(Filters(text="ホームページ")).answer.groups
    ranks = [group.why for group in found]
    assert ranks == sorted(ranks, key=WHY.index)
    assert {WHY[0], WHY[2]} <= set(ranks)
    first = found[0].hits[0]
    assert any(piece.hit for piece in [*first.name, *first.measure, *found[0].title])
    assert {row.code for row in ranked_rows(ask(Filters(text="ホームページ")))} == set(codes(text="ホームページ"))


def test_many_words_that_find_nothing_are_helped_out_in_bounded_time(published, monkeypatch):
    looked = []
    monkeypatch.setattr(nothing_found, "get_close_matches", lambda *args, **how: looked.append(args) or [])
    found = search(Filters(text=" ".join(f"{letter}蟹" for letter in "壱弐参肆伍陸漆捌玖拾"), year="2009")).nothing
    assert (len(found.silent), len(looked)) == (10, 2 * nothing_found.WORDS_TO_HELP)


def test_nothing_found_says_which_word_finds_nothing_and_what_comes_near(published):
    nothing = search(Filters(text="共動 市民")).nothing
    assert nothing.silent == ["共動"]
    assert [(found.word, found.count > 0) for found in nothing.alone] == [("共動", False), ("市民", True)]
    assert "協働" in [near.word for near in nothing.near]  # read alike
    assert Filters(text="協働 市民", year="2009").address() in [near.address for near in nothing.near]
    assert search(Filters(text="市民")).nothing is None


def test_words_that_the_office_calls_alike_find_each_other(published):
    assert codes(text="ネット局") == []
    AlikeWords.objects.create(words="ネット局、有線テレビ")
    AlikeWords.objects.filter(words__startswith="有線テレビ").delete()
    assert codes(text="ネット局") == codes(text="有線テレビ") != []


def test_every_word_must_match_in_any_order(published):
    assert codes(text="ホームページ 補助金") == codes(text="補助金　ホームページ") == ["3-4-1"]
    assert codes(text="ホームページ 宇宙") == []


def test_a_word_does_not_match_across_two_cells(published):
    row = published.rows.get(policy_number=1, measure_number=1, item_number=3)
    assert row.content.endswith("掲載）")
    assert row.status.startswith("掲載済み")
    assert codes(text="掲載）掲載済み") == []


@pytest.mark.parametrize("typed", ["%", "_", "％", "\\", "掲載%済み", "(.*)"])
def test_wildcards_are_letters_like_any_other(published, typed):
    assert codes(text=typed) == []


def test_choices_of_one_kind_add_up_and_kinds_narrow_down(published):
    assert len(codes(progress=("not_done",))) == 5
    assert len(codes(progress=("not_done", "done"))) == 8
    assert len(codes(mark=("★",))) == 9
    assert len(codes(mark=("★", "●"))) == 22
    assert codes(progress=("not_done",), mark=("●",)) == ["5-2-1"]
    assert len(codes(policy=("3",))) == 14
    assert codes(policy=("5", "4"), progress=("not_done",)) == ["4-2-1", "4-2-2", "4-3-1", "5-2-1"]


def test_each_choice_counts_what_it_would_give_under_the_other_choices(published):
    not_done = {"policy": ("4",), "progress": ("not_done",)}
    assert options("progress", **not_done) == {
        "done": 0,
        "in_progress": 0,
        "partly_done": 0,
        "under_consideration": 0,
        "not_done": 3,
        "unset": 1,
    }
    assert options("policy", **not_done) == {"1": 1, "2": 0, "3": 0, "4": 3, "5": 1}
    assert options("mark", **not_done) == {"★": 0, "●": 0, "◎": 3}


def test_a_count_is_what_choosing_it_finds(published):
    for name in ("policy", "mark", "progress"):
        for value, count in options(name, text="市民").items():
            assert len(codes(text="市民", **{name: (value,)})) == count, (name, value)


def test_departments_are_offered_only_where_an_item_has_one(published):
    assert [facet.name for facet in ask(Filters()).facets] == ["policy", "mark", "progress"]


def test_a_department_can_be_chosen():
    report = factories.make_report()
    factories.make_status(report, factories.make_item(), department=factories.make_department("試験課"))
    factories.make_status(report, factories.make_item())
    publish(report, by=None)
    assert options("department") == {"試験課": 1}
    assert len(codes(department=("試験課",))) == 1
    assert len(codes(text="試験課")) == 1


def test_the_latest_year_is_searched_unless_told(two_years):
    assert ask(Filters(text="共通")).filters.year == "2010"
    assert codes(text="共通") == ["1-1-9"]
    assert codes(text="共通", year="2009") == ["1-1-1"]
    assert codes(text="共通", year="all") == ["1-1-9", "1-1-1"]
    assert options("year", text="共通", progress=("done",)) == {"2010": 1, "2009": 0, "all": 1}


def test_a_hit_leads_to_the_items_own_page_under_its_latest_number(two_years):
    hit = search(Filters(text="共通", year="2009")).answer.groups[0].hits[0]
    assert (read(hit.code), hit.public_id) == ("1-1-1", ActionItem.objects.get(number=9).public_id)


def test_hits_stand_in_report_order_by_year_and_policy(published):
    groups = search(Filters(progress=("not_done",))).answer.groups
    assert [(group.year, group.number, [read(hit.code) for hit in group.hits]) for group in groups] == [
        (2009, 1, ["1-5-1"]),
        (2009, 4, ["4-2-1", "4-2-2", "4-3-1"]),
        (2009, 5, ["5-2-1"]),
    ]


def test_the_hits_are_marked_and_the_text_is_kept_to_the_letter(published):
    hit = search(Filters(text="バブリットコメント")).answer.groups[0].hits[0]
    marked_texts = [piece.text for text in hit.texts for piece in text.pieces if piece.hit]
    assert marked_texts
    assert set(marked_texts) == {"バブリットコメント"}


def test_only_the_latest_edition_that_citizens_may_see_is_searched():
    status = factories.make_status(text="古い")
    first = publish(status.report, by=None)
    status.text = "新しい"
    status.save()
    assert codes(text="新しい") == []
    second = publish(status.report, by=None, note="訂正")
    assert (codes(text="古い"), codes(text="新しい")) == ([], ["1-1-1"])
    status.text = "予定"
    status.save()
    publish(status.report, by=None, note="予定", public_from=timezone.now() + timedelta(days=1))
    assert codes(text="予定") == []
    withdraw(second, by=None, reason="誤り")
    assert (codes(text="古い"), codes(text="新しい")) == (["1-1-1"], [])
    withdraw(first, by=None, reason="誤り")
    assert ask(Filters(text="古い")).public == []


def test_the_counts_carry_their_denominator(two_years):
    question = ask(Filters(text="共通", year="all"))
    assert (question.count, question.total) == (2, 3)
    assert question.year_label == "すべての年度"


def test_many_hits_come_in_pages_that_keep_the_state():
    report = factories.make_report()
    factories.make_tree(report, 120)
    publish(report, by=None)
    first, last = search(Filters(text="実施")), search(Filters(text="実施", page="3"))
    assert (first.answer.first, first.answer.last, first.answer.previous) == (1, 50, "")
    assert first.answer.next == "q=%E5%AE%9F%E6%96%BD&year=2009&page=2"
    assert (last.answer.first, last.answer.last, last.answer.next) == (101, 120, "")
    shown = [read(hit.code) for group in last.answer.groups for hit in group.hits]
    assert shown == codes(text="実施")[100:]
    assert [link.label for link in last.answer.pages if link.is_current] == ["3"]
    assert last.answer.pages[0].address == "q=%E5%AE%9F%E6%96%BD&year=2009"


@pytest.mark.parametrize("page", ["0", "-1", "2", "999999", "abc", "1.5", "９９９", "9" * 5000])
def test_a_page_that_does_not_exist_is_said_to_be_missing(published, page):
    found = search(Filters(year="2009", page=page))
    assert found.not_found
    assert found.answer is None
    assert "ページは、この検索結果にありません" in found.problem


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"year": "1999"}, "「1999」という年度の報告は、公表されていません。"),
        ({"progress": ("finished",)}, "「finished」という進捗区分は、公表された報告にありません。"),
        ({"mark": ("×",)}, "「×」という主体は、公表された報告にありません。"),
        ({"policy": ("99", "1")}, "「99」という施策は、公表された報告にありません。"),
        ({"policy": ("１",)}, "「１」という施策は、公表された報告にありません。"),
    ],
)
def test_a_choice_that_does_not_exist_is_named(published, asked, sentence):
    found = search(Filters(**asked))
    assert (found.problem, found.not_found, found.answer) == (sentence, True, None)


def test_a_department_that_no_item_has_is_named(published):
    assert "という担当課は" in search(Filters(department=("宇宙課",))).problem


@pytest.mark.parametrize("typed", ["ー", "- 〜 ―", "ｰ", "'", "「」・"])
def test_words_without_a_letter_are_refused_with_a_reason(published, typed):
    found = search(Filters(text=typed))
    assert "記号だけなので" in found.problem
    assert not found.not_found


def test_a_text_of_any_length_is_answered(published):
    assert search(Filters(text="あ" * 100)).problem == ""
    found = search(Filters(text="\ufdfa" * 10_000))
    assert "10,000字" in found.problem
    assert found.answer is None
    assert found.question.count == 38
