"""The geometry of bars."""

from hypothesis import given
from hypothesis import strategies as st

from actionplan.selectors.charts import MOST_CELLS, percent, stacked


def test_shares_are_written_as_svg_percentages():
    assert [percent(1, 8), percent(1, 3), percent(0, 5), percent(5, 5), percent(0, 0)] == [
        "12.5%",
        "33.333%",
        "0%",
        "100%",
        "0%",
    ]


def test_parts_stand_one_after_the_other_and_empty_ones_are_left_out():
    parts = stacked([("done", "実施済", 2), ("not_done", "未実施", 0), ("unset", "未設定", 1)], 4)
    assert [(part.code, part.count, part.middle) for part in parts] == [("done", 2, "25%"), ("unset", 1, "62.5%")]
    assert [cell.x for part in parts for cell in part.cells] == ["0%", "25%", "50%"]


def test_every_item_has_a_cell_while_there_is_room():
    [part] = stacked([("done", "実施済", MOST_CELLS)], MOST_CELLS)
    assert len(part.cells) == MOST_CELLS
    [part] = stacked([("done", "実施済", MOST_CELLS + 1)], MOST_CELLS + 1)
    assert [(cell.x, cell.width) for cell in part.cells] == [("0%", "100%")]


def test_a_number_without_room_is_left_out():
    small, large = stacked([("done", "実施済", 5), ("unset", "未設定", 995)], 1000)
    assert not small.shows_count
    assert large.shows_count


@given(st.lists(st.integers(0, 40), min_size=1, max_size=6))
def test_no_bar_leaves_its_scale(counts):
    scale = max(sum(counts), 1)
    parts = stacked([("x", "x", count) for count in counts], scale)
    ends = [float(cell.x[:-1]) + float(cell.width[:-1]) for part in parts for cell in part.cells]
    assert all(end <= 100.01 for end in ends)
    assert sum(part.count for part in parts) == sum(counts)
