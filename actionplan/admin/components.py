"""All components of the public pages on one page, with made-up text: for those who maintain their look."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from actionplan.cells import EXTRAS
from actionplan.models import EditionRow
from actionplan.scale import DEFAULT
from actionplan.selectors.charts import year_summary
from actionplan.selectors.editions import page_frame
from actionplan.selectors.report import report_outline

LEGEND = (("★", "市民が主体", "市民"), ("●", "市が主体", "市"), ("◎", "市民と市が主体", "市民と市"))
FRONT_MATTER = {
    "fiscal_year": 2000,
    "label": "見本の年度",
    "era_label": "見本の年度",
    "newsletter_label": "見本の年度",
    "title": "見本の年度の計画実施状況",
    "sample": True,
    "plan": {
        "title": "計画",
        "purpose_heading": "目的の見出し",
        "purpose": "目的の文",
        "story_heading": "物語の見出し",
        "narrative_heading": "≪左≫",
        "process_heading": "≪右≫",
        "vision": "物語の本文がここに入ります。" * 3,
        "aims_heading": "ねらいの見出し",
        "aims_title": "ねらいの題",
        "aims_lead": "ねらいの前文です。",
        "stages_heading": "段階の見出し",
        "stages_text": "段階の本文です。",
    },
    "actors": [{"symbol": symbol, "label": label, "short_name": short} for symbol, label, short in LEGEND],
    "story_steps": [{"mark": mark, "keyword": f"言葉{mark}"} for mark in "起承転結"],
    "story_remarks": ["短い注記", "とても長い注記が入ったときの折り返しを確かめるための文です。"],
    "aims": [{"mark": mark, "text": "ねらいの文"} for mark in "①②③"],
    "stages": [{"label": f"第{number}段階", "period": "期間"} for number in "１２３"],
    "progress": [each.facts() for each in DEFAULT.categories],
}
CONTACT = {
    "name": "見本課",
    "unit": "見本係",
    "postal_code": "000-0000",
    "address": "見本市1番地",
    "phone": "000-000-0000",
}


def sample_rows() -> list[EditionRow]:
    """One row for each category, with short and long texts, one and two marks."""
    marks = ("◎", "●", "★◎", "★●", "★", "★●◎")
    return [
        EditionRow(
            public_id=f"sample{index:02}",
            policy_number=1,
            policy_title="とても長い施策の名前が入ったときに見出しの帯がどう折り返すかを確かめる！！",
            measure_number=1 + index // 3,
            measure_title="取組の名前" * (1 + index // 3 * 6),
            status_heading="関係部署" if index >= 3 else "実施状況",
            item_number=1 + index % 3,
            item_name="項目の名前" * (1 + index % 3 * 2),
            content="内容の文です。" * (1 + index),
            actor_symbols=marks[index],
            status="・一つ目\n・二つ目" if index == 0 else "実施状況の文です。" * (index * 2),
            progress=category.code,
            progress_label=category.label,
            **{cell.published: f"{cell.label}の文です。" if index == 1 else "" for cell in EXTRAS},
        )
        for index, category in enumerate(DEFAULT.categories)
    ]


def components_page(request: HttpRequest) -> HttpResponse:
    """The page; the admin site shows it to staff only."""
    rows = sample_rows()
    report = report_outline(FRONT_MATTER, rows)
    context = {
        "frame": page_frame(),
        "page_id": "部品",
        "report": report,
        "policy": report.policies[0],
        "summary": year_summary(FRONT_MATTER, rows),
        "edition": {"front_matter": FRONT_MATTER, "key": "2000", "in_search": "year=2000", "number": 1},
        "contact": CONTACT,
        "front_matter": FRONT_MATTER,
    }
    return TemplateResponse(request, "admin/portal/components.html", context)


def urls(guarded: Callable) -> list[URLPattern]:
    """The page's address."""
    return [path("components/", guarded(components_page), name="components")]
