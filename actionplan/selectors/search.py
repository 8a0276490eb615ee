"""The answer to a search, as a page shows it: what is in force, one page of hits, the way to the others."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.core.paginator import EmptyPage, Page, PageNotAnInteger, Paginator

from actionplan.models import EditionRow
from actionplan.selectors.filters import Filters
from actionplan.selectors.hits import HitGroup, Numbers, hit_groups
from actionplan.selectors.question import Question, ask, matching_rows, shortened

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
class Answer:
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
    """A question and its answer; no answer where nothing was asked or the problem says why there is none."""

    question: Question
    conditions: Sequence[Condition]
    wordless: Sequence[str]
    problem: str
    not_found: bool
    answer: Answer | None

    @property
    def address(self) -> str:
        """The whole state as an address, without the page."""
        return self.question.filters.address()


def search(filters: Filters) -> Search:
    """The search that the filters ask for; four queries at most."""
    question = ask(filters)
    problem, not_found, answer = question.problem, question.not_found, None
    if not problem and not filters.is_empty:
        answer = _answer(question)
        if answer is None:
            problem, not_found = NO_PAGE.format(value=shortened(filters.page)), True
    conditions = list(_conditions(question))
    return Search(question, conditions, filters.wordless, problem, not_found, answer)


def _answer(question: Question) -> Answer | None:
    """The page that was asked for; None when there is no such page."""
    paginator = Paginator(range(question.count), PAGE_SIZE)
    try:
        page = paginator.page(question.filters.page or 1)
    except (PageNotAnInteger, EmptyPage):
        return None
    rows = matching_rows(question)[page.start_index() - 1 : page.end_index()] if question.count else []
    hits = list(_with_editions(question, rows))
    return Answer(
        groups=hit_groups(hits, question.words, _current_numbers(question, hits)),
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


def _current_numbers(question: Question, rows: Sequence[EditionRow]) -> dict[int, Numbers]:
    """Each item's numbers in the latest public year that has it, by item: what its own page is called by."""
    public = EditionRow.objects.filter(edition__in=[edition.pk for edition in question.public])
    found = public.filter(item__in=[row.item_id for row in rows]).order_by("edition__report__fiscal_year")
    numbers = found.values_list("item", "policy_number", "measure_number", "item_number")
    return {item: (policy, measure, number) for item, policy, measure, number in numbers}


def _page_links(filters: Filters, page: Page) -> Iterator[PageLink]:
    if not page.has_other_pages():
        return
    for number in page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1):
        is_gap = not isinstance(number, int)
        address = "" if is_gap else _page_address(filters, number)
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
