"""What the sample years say: fictitious on the face of it, since every text begins with 見本."""

from dataclasses import dataclass

from actionplan.cells import Progress

PREFIX = "見本："
REASON = "見本データの読み込み"
MEASURE_TITLE = "見本：架空の取組"
CORRECTION_NOTE = "見本：説明会の回数に誤りがあったため、架空の訂正をしました。"


@dataclass(frozen=True)
class Chapter:
    """What became of an item in one year."""

    text: str
    progress: Progress


@dataclass(frozen=True)
class Character:
    """A sample-only item: its number and content in the first and in the second year; 0 where it is not there."""

    name: str
    numbers: tuple[int, int]
    contents: tuple[str, str]


# Two years each; the items of the plan take them in turn.
TALES: tuple[tuple[Chapter, Chapter], ...] = (
    (
        Chapter("説明会を2回開き、14人の参加がありました。進め方は次の年度に話し合います。", Progress.IN_PROGRESS),
        Chapter("説明会を3回開き、21人の参加がありました。進め方をまとめ、ホームページに載せました。", Progress.DONE),
    ),
    (
        Chapter("担当者を決め、ほかの地域の例を調べました。", Progress.UNDER_CONSIDERATION),
        Chapter("担当者を決め、ほかの地域の例を参考に、一つの地区で試しに始めました。", Progress.PARTLY_DONE),
    ),
    (
        Chapter("準備が整わず、実施しませんでした。", Progress.NOT_DONE),
        Chapter("準備が整い、秋から始めました。", Progress.IN_PROGRESS),
    ),
    (
        Chapter("年に4回、広報紙でお知らせしました。", Progress.DONE),
        Chapter("年に4回、広報紙でお知らせしました。", Progress.DONE),
    ),
    (
        Chapter("市民の皆さんと月に1回集まり、課題を出し合いました。", Progress.UNSET),
        Chapter("市民の皆さんと月に1回集まり、課題への取組を三つ決めました。", Progress.UNSET),
    ),
    (
        Chapter("一つの学校区で始めました。ほかの学校区にも広げる予定です。", Progress.PARTLY_DONE),
        Chapter("一つの学校区で続けました。ほかの学校区では、場所が見つからず実施しませんでした。", Progress.NOT_DONE),
    ),
    (
        Chapter("やり方を三つ考え、費用を比べました。", Progress.UNDER_CONSIDERATION),
        Chapter("やり方を二つに絞り、費用と手間を比べました。", Progress.UNDER_CONSIDERATION),
    ),
)

# New in the first year: one that goes on, one that it takes in, one that gets another number. One more in the second.
CAST = (
    Character(
        "見本の集い",
        (1, 1),
        ("見本：架空の集いを年に1回開きます。", "見本：架空の集いと交流会を、あわせて年に2回開きます。"),
    ),
    Character("見本の交流会", (2, 0), ("見本：架空の交流会を年に1回開きます。", "")),
    Character(
        "見本の便り",
        (3, 2),
        ("見本：架空の便りを年に4回出します。", "見本：架空の便りを年に4回出します。"),
    ),
    Character("見本の案内板", (0, 3), ("", "見本：架空の案内板を三つの場所に立てます。")),
)
TAKEN_IN, TAKES_IN = "見本の交流会", "見本の集い"
# Which of the real items, counted in page order, are left out: from the first year on, and from the second.
LEFT_OUT = (5, 20)
