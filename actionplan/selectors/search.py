"""The answer to a search, as a page shows it: what is in force, one page of hits, the way to the others."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import and_, or_

from django.core.paginator import EmptyPage, Page, PageNotAnInteger, Paginator
from django.db.models import Case, Q, QuerySet, Value, When
from django.db.models.functions import StrIndex, Substr

from actionplan.folding import fold
from actionplan.models import AlikeWords, Edition, EditionRow
from actionplan.selectors.editions import bearing, public_editions
from actionplan.selectors.facets import (
    HEADINGS,
    Facet,
    Option,
    cells,
    facets,
    found_among,
    plan_facet,
    total_among,
    words_match,
    year_facet,
)
from actionplan.selectors.filters import ALL_PLANS, ALL_YEARS, FIRST_PLAN, LONGEST_TEXT, NAMED, Filters
from actionplan.selectors.hits import IN_NAME, IN_TEXT, WHOLE_NAME, HitGroup, hit_groups
from actionplan.selectors.nothing_found import NothingFound, nothing_found
from actionplan.selectors.scales import ScaleYears, plain_value, scale_years
from actionplan.shadow import SEPARATOR
from actionplan.spellings import Word, is_wordless, read_word

NO_WORDS = "「{words}」は記号だけなので、検索できません。文字や数字の入ったことばで探してください。"
NO_YEAR = "「{value}」という年度の報告は、公表されていません。"
NO_SUCH_PLAN = "「{value}」という計画の報告は、公表されていません。"
NO_OPTION = "「{value}」という{heading}は、公表された報告にありません。"


@dataclass(frozen=True)
class Question:
    """A search with plan and year spelt out, every report's public edition, their scales, the choices and the counts.

    plan: the choice of a plan, where several have a public year.
    total: the items of the years searched; count: how many of them it finds.
    problem: the sentence that says why it has no answer; not_found: because it names a choice that does not exist.
    """

    filters: Filters
    words: Sequence[Word]
    public: Sequence[Edition]
    plan: Facet | None
    scales: Sequence[ScaleYears]
    year: Facet
    facets: Sequence[Facet]
    total: int
    count: int
    problem: str = ""
    not_found: bool = False

    @property
    def editions(self) -> list[Edition]:
        """The public editions of the plans and years that are searched, latest year first."""
        plan, year = self.filters.plan, self.filters.year
        of_plan = [edition for edition in self.public if plan in (ALL_PLANS, edition.report.plan.slug)]
        return [edition for edition in of_plan if year in (ALL_YEARS, str(edition.fiscal_year))]

    @property
    def plan_label(self) -> str:
        """The plan's title, or the words for all plans; nothing where there is one plan."""
        return next((option.label for option in self.plan.options if option.selected), "") if self.plan else ""

    @property
    def year_label(self) -> str:
        """平成21年度（2009年度）, or the words for all years."""
        return next((option.label for option in self.year.options if option.selected), "")

    @property
    def elsewhere(self) -> list[Option]:
        """The other plans, and the other years, in which the same is found."""
        facets = [facet for facet in (self.plan, self.year) if facet]
        return [option for facet in facets for option in facet.options if option.count and not option.selected]


def ask(filters: Filters) -> Question:
    """The question; two queries, whatever the number of items and years, and one for the words that mean the same.

    Nothing published gives no years.
    """
    editions = public_editions()
    problem = unusable_text(filters)
    words = [] if problem else read_words(filters.typed)
    planned, unplanned = _with_known_plan(filters, editions)
    known, missing = _with_known_year(planned, editions)
    scales = scale_years(editions, known.plan, known.year)
    known = replace(known, progress=_plain_values(known, scales))
    among = cells(editions, words, scales)
    offered = facets(editions, among, known, scales)
    missing = unplanned or missing or unknown_choice(known, offered)
    several = len({edition.report.plan_id for edition in editions}) > 1
    return Question(
        filters=known,
        words=words,
        public=editions,
        plan=plan_facet(editions, among, known) if several else None,
        scales=scales,
        year=year_facet(editions, among, known),
        facets=offered,
        total=total_among(among, known),
        count=found_among(among, known),
        problem=missing or problem,
        not_found=bool(missing),
    )


def matching_rows(question: Question) -> QuerySet[EditionRow]:
    """The rows that the question finds, latest year first and each year in the report's order."""
    filters = question.filters
    rows = EditionRow.objects.filter(words_match(question.words), edition__in=[e.pk for e in question.editions])
    if filters.policy:
        rows = rows.filter(policy_number__in=[int(number) for number in filters.policy])
    if filters.mark:
        rows = rows.filter(reduce(or_, (Q(actor_symbols__contains=mark) for mark in filters.mark)))
    if filters.progress:
        of_each = [found for each in question.scales if (found := each.matches(filters.progress))]
        rows = rows.filter(reduce(or_, of_each)) if of_each else rows.none()
    if filters.department:
        rows = rows.filter(department_name__in=filters.department)
    for facet, field in NAMED.items():
        if names := getattr(filters, facet):
            rows = rows.filter(reduce(or_, (bearing(field, name) for name in names)))
    return rows.order_by("-edition__report__fiscal_year", "-edition__report__plan", "position")


def read_words(typed: Sequence[str]) -> list[Word]:
    """The words with their spellings, and those of words that mean the same; what has no letter is left out. One query
    if there are any.
    """
    words = [word for word in typed if not is_wordless(word)]
    alike = AlikeWords.objects.of_each() if words else {}
    return [read_word(word, [each for each in alike.get(fold(word), ()) if each != word]) for word in words]


def ranked_rows(question: Question) -> QuerySet[EditionRow]:
    """The rows that the question finds, each with its rank: names that have the words whole first, then names that
    hold them, then texts; among those of a rank the latest year first and each year in the report's order.
    """
    rows = matching_rows(question).defer("search_text")
    if not question.words:
        return rows.annotate(rank=Value(IN_TEXT))
    whole = reduce(and_, (Q(names__contains=word.whole) for word in question.words))
    in_name = words_match(question.words, "names")
    rank = Case(When(whole, then=WHOLE_NAME), When(in_name, then=IN_NAME), default=IN_TEXT)
    names = Substr("search_text", 1, StrIndex("search_text", Value(SEPARATOR)))
    return rows.alias(names=names).annotate(rank=rank).order_by("rank", *rows.query.order_by)


def _plain_values(filters: Filters, scales: Sequence[ScaleYears]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(plain_value(value, filters.plan, filters.year, scales) for value in filters.progress))


def unusable_text(filters: Filters) -> str:
    """Why the words cannot be searched for; empty when they can, or when there are none."""
    if len(filters.text) > LONGEST_TEXT:
        return f"検索のことばが長すぎます（{len(filters.text):,}字）。{LONGEST_TEXT}字までにしてください。"
    wordless = filters.typed and all(map(is_wordless, filters.typed))
    return NO_WORDS.format(words=filters.text) if wordless else ""


def unknown_choice(filters: Filters, offered: Sequence[Facet]) -> str:
    """The sentence for a choice that no public edition offers, shortened to be shown; empty when there is none."""
    known = {(facet.name, option.value) for facet in offered for option in facet.options}
    for name, heading in HEADINGS.items():
        for value in getattr(filters, name):
            if (name, value) not in known:
                return NO_OPTION.format(value=shortened(value), heading=heading)
    return ""


def shortened(text: str) -> str:
    """The text as a sentence can quote it."""
    return text if len(text) <= 20 else f"{text[:20]}…"


def _with_known_plan(filters: Filters, editions: Sequence[Edition]) -> tuple[Filters, str]:
    """The filters with a plan that has a public year, and the sentence for the one asked for when it has none.

    Nothing asked for means every plan; an address of the time when there was one plan means that one.
    """
    slugs = {edition.report.plan.slug for edition in editions}
    if filters.plan in (*slugs, ALL_PLANS):
        return filters, ""
    missing = NO_SUCH_PLAN.format(value=shortened(filters.plan)) if filters.plan else ""
    if FIRST_PLAN in slugs and not missing and (len(slugs) == 1 or not filters.is_empty):
        return replace(filters, plan=FIRST_PLAN), ""
    return replace(filters, plan=ALL_PLANS), missing


def _with_known_year(filters: Filters, editions: Sequence[Edition]) -> tuple[Filters, str]:
    """The filters with a year that is public, and the sentence for the one asked for when it is not."""
    searched = [edition for edition in editions if filters.plan in (ALL_PLANS, edition.report.plan.slug)]
    years = [str(edition.fiscal_year) for edition in searched]
    if filters.year in (*years, ALL_YEARS):
        return filters, ""
    # A year that only other plans have is what the form kept when another plan was chosen.
    elsewhere = filters.year in {str(edition.fiscal_year) for edition in editions}
    missing = NO_YEAR.format(value=shortened(filters.year)) if filters.year and not elsewhere else ""
    return replace(filters, year=years[0] if years else ALL_YEARS), missing


PAGE_SIZE = 50
NO_PAGE = "「{value}」というページは、この検索結果にありません。"


@dataclass(frozen=True)
class Condition:
    """A choice that is in force, and the address of the search without it."""

    heading: str
    label: str
    address_without: str


@dataclass(frozen=True)
class PageLink:
    """A page of the answer; a gap in the row of pages has no address."""

    label: str
    address: str
    is_current: bool


@dataclass(frozen=True)
class FoundPage:
    """One page of what was found. first and last: the places of its items among all that were found, from 1."""

    groups: Sequence[HitGroup]
    first: int
    last: int
    number: int
    pages: Sequence[PageLink]
    previous: str
    next: str


@dataclass(frozen=True)
class Search:
    """A question and its answer; no answer where nothing was asked or the problem says why there is none.

    nothing: what may help, where words were asked for and none was found.
    """

    question: Question
    conditions: Sequence[Condition]
    wordless: Sequence[str]
    problem: str
    not_found: bool
    answer: FoundPage | None
    nothing: NothingFound | None = None

    @property
    def address(self) -> str:
        """The whole state as an address, without the page."""
        return self.question.filters.address()


def search(filters: Filters) -> Search:
    """The search that the filters ask for; five queries at most, one more where several words find nothing."""
    question = ask(filters)
    problem, not_found, answer = question.problem, question.not_found, None
    if not problem and not filters.is_empty:
        answer = _answer(question)
        if answer is None:
            problem, not_found = NO_PAGE.format(value=shortened(filters.page)), True
    conditions = list(_conditions(question))
    nothing = None
    if answer and question.words and not question.count:
        nothing = nothing_found(question.filters, question.words, question.editions)
    wordless = list(filter(is_wordless, filters.typed))
    return Search(question, conditions, wordless, problem, not_found, answer, nothing)


def _answer(question: Question) -> FoundPage | None:
    """The page that was asked for; None when there is no such page."""
    paginator = Paginator(range(question.count), PAGE_SIZE)
    try:
        page = paginator.page(question.filters.page or 1)
    except (PageNotAnInteger, EmptyPage):
        return None
    rows = ranked_rows(question)[page.start_index() - 1 : page.end_index()] if question.count else []
    hits = list(_with_editions(question, rows))
    return FoundPage(
        groups=hit_groups(hits, question.words),
        first=page.start_index(),
        last=page.end_index(),
        number=page.number,
        pages=list(_page_links(question.filters, page)),
        previous=_page_address(question.filters, page.number - 1) if page.has_previous() else "",
        next=_page_address(question.filters, page.number + 1) if page.has_next() else "",
    )


def _with_editions(question: Question, rows: Iterable[EditionRow]) -> Iterator[EditionRow]:
    """The rows with the editions that are at hand already, so that none is asked for again."""
    editions = {edition.pk: edition for edition in question.editions}
    for row in rows:
        row.edition = editions[row.edition_id]
        yield row


def _page_links(filters: Filters, page: Page) -> Iterator[PageLink]:
    if not page.has_other_pages():
        return
    for number in page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1):
        address = _page_address(filters, number) if isinstance(number, int) else ""
        yield PageLink(str(number), address, number == page.number)


def _page_address(filters: Filters, number: int) -> str:
    return filters.address(page=str(number) if number > 1 else "")


def _conditions(question: Question) -> Iterator[Condition]:
    filters = question.filters
    if question.words:
        yield Condition("ことば", filters.text, filters.address(text=""))
    for facet in question.facets:
        for option in facet.options:
            if option.selected:
                yield Condition(facet.heading, option.label, filters.without(facet.name, option.value))
