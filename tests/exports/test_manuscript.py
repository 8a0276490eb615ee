"""The manuscript for the newsletter: page order, every text to the letter, honest lengths."""

import re

import pytest

from actionplan.exports.manuscript import write_manuscript
from actionplan.publishing.publish import publish
from tests.exports.editions import front_matter, make_row


def text(rows, **changes) -> str:
    return write_manuscript(front_matter(**changes), rows).decode("utf-8-sig")


def lines(rows, **changes) -> list[str]:
    return text(rows, **changes).split("\r\n")


def test_windows_editors_open_it_right():
    content = write_manuscript(front_matter(), [make_row(status="一行目\n二行目")])
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\n") == content.count(b"\r\n") > 10
    assert b"\r\r" not in content


def test_a_policy_stands_as_heading_legend_measures_and_items_with_their_marks():
    rows = [
        make_row(1, actor_symbols="★◎", progress="done", progress_label="実施済"),
        make_row(2, status="", status_heading="実施状況"),
    ]
    found = lines(rows)
    start = found.index("施策１　意識を高める")
    assert found[start : start + 9] == [
        "施策１　意識を高める",
        "★市民が主体　●市が主体　◎市民と市が主体",
        "",
        "■啓発に努めます",
        "",
        "★◎　項目1",
        "【アクションプランの内容】内容",
        "【実施状況】実施した。",
        "【進捗区分】実施済",
    ]
    assert "◎　項目2" in found


def test_the_original_s_own_column_heading_is_kept():
    assert "【関係部署】実施した。" in lines([make_row(status_heading="関係部署")])


def test_outcome_challenge_and_next_step_stand_where_they_are_written():
    found = lines([make_row(outcome="できた", next_step="続ける")])
    assert "【成果】できた" in found
    assert "【今後の方針】続ける" in found
    assert not any(line.startswith("【課題】") for line in found)


def test_lengths_count_what_is_printed_and_no_blanks_or_labels():
    printed = "施策１意識を高める★市民が主体●市が主体◎市民と市が主体■啓発に努めます◎項目1内容実施 した。\u3000以上"
    expected = len(re.sub(r"\s", "", printed))
    found = lines([make_row(status="実施 した。\u3000以上")])
    assert f"（施策１の字数：{expected}字）" in found


def test_the_total_is_the_sum_of_its_parts():
    rows = [make_row(number, policy_number=number, status="長い" * 600) for number in (1, 2)]
    summary = text(rows).split("字数のまとめ")[1]
    *parts, total = [int(number.replace(",", "")) for number in re.findall(r"　([\d,]+)字", summary)]
    assert len(parts) == 3
    assert total == sum(parts) > 2400


def test_a_made_up_year_says_so_first_and_at_every_policy():
    found = "\n".join(lines([make_row(number, policy_number=number) for number in (1, 2)], sample=True))
    assert found.count("【見本データ：") == 3
    assert lines([make_row()], sample=True)[0].startswith("【見本データ：")
    assert "見本データ" not in text([make_row()])


def test_an_edition_before_a_field_of_the_front_matter_existed_still_gives_one():
    plan = {"title": "計画", "municipality": "市", "municipality_code": "012345"}
    assert lines([make_row()], plan=plan)[0] == "平成２１年度試験計画実施状況"


@pytest.mark.django_db
def test_the_real_report_is_there_to_the_letter_in_page_order(real_report):
    edition = publish(real_report, by=None)
    content = write_manuscript(edition.front_matter, edition.rows.all()).decode("utf-8-sig").replace("\r\n", "\n")
    position = 0
    for row in edition.rows.all():
        for part in (f"{row.actor_symbols}　{row.item_name}", row.content, row.status):
            position = content.index(part, position)
    front = edition.front_matter
    for part in (front["title"], front["plan"]["purpose"], front["plan"]["vision"], front["aims"][2]["text"]):
        assert part in content[: content.index("施策１　")]
    assert len(re.findall(r"（施策[１-５]の字数：[\d,]+字）", content)) == 5
