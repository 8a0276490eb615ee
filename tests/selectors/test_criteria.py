"""The results by criterion: every criterion of A and AA once, a result each, the same on the page and as data."""

import csv
import io

import pytest

from actionplan.selectors.criteria import criteria


def test_every_criterion_of_a_and_aa_has_one_result():
    numbers = [each.number for each in criteria()]
    assert len(numbers) == len(set(numbers)) == 38
    assert [sum(each.level == level for each in criteria()) for level in ("A", "AA")] == [25, 13]
    assert {each.result for each in criteria()} == {"適合", "適用なし", "未試験"}
    assert all(each.how for each in criteria())


@pytest.mark.django_db
def test_page_and_data_say_the_same(client):
    page = client.get("/accessibility/").content.decode()
    records = list(csv.DictReader(io.StringIO(client.get("/accessibility.csv").content.decode("utf-8-sig"))))
    assert [each["達成基準"] for each in records] == [each.number for each in criteria()]
    for each in records:
        assert f"{each['達成基準']} {each['名前']}</th><td>{each['レベル']}</td><td>{each['結果']}</td>" in page
    assert "使いにくいところがあるとき" in page
