"""The tags of the templates: lines that are one line of the page, words that are marked."""

from collections import namedtuple

import pytest
from django.template import Context, Template

Piece = namedtuple("Piece", "text hit", defaults=[False])
Run = namedtuple("Run", "kind text")


def page(markup: str, **facts) -> str:
    return Template("{% load portal %}" + markup).render(Context(facts))


def oneline(markup: str, **facts) -> str:
    return page("{% oneline %}" + markup + "{% endoneline %}", **facts)


def test_lines_become_one_line_without_blanks_between_words():
    assert oneline("\n  <p>\n    一つの文が、\n    続きます。\n  </p>\n") == "<p>一つの文が、続きます。</p>"


def test_between_two_attributes_a_line_end_is_a_blank_and_within_a_value_nothing():
    assert oneline('<p id="a"\n   class="b\n  c">x</p>') == '<p id="a" class="bc">x</p>'


def test_a_tag_that_a_condition_divides_is_still_a_tag():
    markup = '<a{% if yes %}\n   href="/"{% endif %}\n   class="b">\n  x</a>'
    assert oneline(markup, yes=True) == '<a href="/" class="b">x</a>'


def test_an_empty_line_stays_a_line_end():
    assert oneline("<b>a</b>\n\n    <b>b</b>") == "<b>a</b>\n<b>b</b>"


def test_what_variables_hold_keeps_its_lines():
    assert oneline("<p>\n  {{ words }}\n</p>", words="一行目\n  二行目") == "<p>一行目\n  二行目</p>"


def test_after_its_end_lines_stay_lines():
    assert oneline("\na\n{% if yes %}\nb\n{% endif %}", yes=True) + page("\nc\n") == "ab\nc\n"


@pytest.mark.parametrize(
    ("markup", "facts", "expected"),
    [
        ("{{ x|with_hits }}", {"x": [Piece("a<\n"), Piece("&b", hit=True)]}, "a&lt;<br><mark>&amp;b</mark>"),
        ("{{ x|with_hits }}", {"x": []}, ""),
        ("{{ x|with_changes }}", {"x": [Run("same", "{a}\n<")]}, "{a}<br>&lt;"),
        ("{% for i in x|followed_by:3 %}{{ i }}{% endfor %}", {"x": (1, 2)}, "123"),
    ],
)
def test_words_are_escaped_and_keep_their_lines(markup, facts, expected):
    assert page(markup, **facts) == expected


def test_what_came_and_what_went_is_said_as_well_as_drawn():
    words = page("{{ x|with_changes }}", x=[Run("added", "<新>"), Run("removed", "古")])
    assert words.startswith('<ins><span class="visually-hidden">（追加：</span>&lt;新&gt;')
    assert words.endswith(
        '<del><span class="visually-hidden">（削除：</span>古<span class="visually-hidden">）</span></del>'
    )
