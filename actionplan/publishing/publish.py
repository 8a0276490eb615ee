"""Freezing a draft into an edition, now or at a set time, and taking an edition back."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TypedDict, Unpack, cast

from django.contrib.auth.models import User
from django.db import DEFAULT_DB_ALIAS, models, transaction
from django.utils import timezone

from actionplan import permissions
from actionplan.models import (
    EDITIONS,
    AnnualReport,
    Approval,
    ApprovalKind,
    ApprovalState,
    Edition,
    EditionFile,
    EditionRow,
    EditionWithdrawal,
    Person,
    chain_sha256,
    content_of,
    hold,
    removed_words,
)
from actionplan.publishing.beside import named_files
from actionplan.publishing.compose import (
    Cells,
    Draft,
    Wording,
    compose,
    last_edition,
    printed_cells,
    search_text,
    shown_edition,
)
from actionplan.publishing.differences import leaves
from actionplan.publishing.finder import Finder
from actionplan.publishing.one_wording import ADVICE
from actionplan.publishing.unconfirmed import (
    NothingChanged,
    OpenAnswer,
    PublishRefused,
    as_facts,
    refuse_unnamed,
    unconfirmed_among,
)
from actionplan.seen import refuse_moved
from actionplan.selectors import standing

HEADINGS_ADVICE = "どちらの名前にするかを選んでから、公表してください。"


class PublicationChoice(TypedDict, total=False):
    """What is chosen on the publishing page; each may be left out.

    public_from: when citizens may see it (aware; not in the past); now when None.
    note: what was corrected; needed once citizens have seen an edition of the year.
    wording, headings: as for compose().
    expected_sha256: the draft that the person looked at; refused when the live tables have changed since.
    said_again: why words are published for which an edition was taken down; needed where the draft holds any.
    named: primary keys of the answers that are published although they are not confirmed; a person has to name each
    of them, code of the portal's own may pass None.
    """

    public_from: datetime | None
    note: str
    wording: Wording
    headings: Wording | None
    expected_sha256: str
    said_again: str
    named: Collection[int] | None


@transaction.atomic
def publish(
    report: AnnualReport, *, by: Person | None, granting: Approval | None = None, **choice: Unpack[PublicationChoice]
) -> Edition:
    """The new edition, stored with its rows.

    by: who publishes; None stands for the command line of the machine.
    granting: what somebody else asked for, handed on by approval.grant() alone. With FOUR_EYES no
    person publishes without.
    Raises PublishRefused (UnnamedAnswers, NothingChanged), Moved, PermissionDenied. Two at once make one edition.
    """
    permissions.require(by is None or permissions.may_publish(by), "公表する権限がありません。")
    if by is not None and granting is None and permissions.four_eyes():
        raise PublishRefused(NOT_ALONE)
    if by is not None:
        choice["named"] = choice.get("named") or ()
    now = timezone.now()
    lock(report)
    draft, still_open = ready_draft(report, now, **choice)
    shown, public_from = shown_edition(report), choice.get("public_from") or now
    _cancel_overtaken(report, by, public_from, now)
    facts = {"public_from": public_from, "published_at": now, "unconfirmed": as_facts(still_open)}
    facts["said_again"] = choice.get("said_again", "").strip()
    edition = _freeze(report, draft, shown, by=by, note=choice.get("note", ""), **facts)
    _overtake(edition, granting)
    return edition


NOT_ALONE = "公表には、起案した人とは別の公表権者の決裁が必要です。公表の画面で起案してください。"


def ready_draft(
    report: AnnualReport, now: datetime, **choice: Unpack[PublicationChoice]
) -> tuple[Draft, list[OpenAnswer]]:
    """What would be published now, and its answers that are not confirmed; the report is locked already.

    Raises PublishRefused (UnnamedAnswers, NothingChanged), Moved.
    """
    draft = compose(report, choice.get("wording", "published"), choice.get("headings"))
    refuse_moved(choice.get("expected_sha256") or draft.content_sha256, draft.content_sha256, DRAFT_MOVED)
    refuse_unready(report, draft, choice.get("public_from"), choice.get("note", ""), now)
    refuse_said_again(draft, choice.get("note", ""), choice.get("said_again", ""))
    still_open = unconfirmed_among(draft.answers)
    if (named := choice.get("named")) is not None:
        refuse_unnamed(still_open, named)
    return draft, still_open


OVERTAKEN = "先に公表する版を作ったため、予約を取り消しました。"


def _cancel_overtaken(report: AnnualReport, by: Person | None, public_from: datetime, now: datetime) -> None:
    """Cancels reservations that would become public after a newer edition: numbers follow each other in time."""
    waiting = report.editions.standing().filter(public_from__gt=now, public_from__gte=public_from)
    for edition in waiting.order_by("-number"):
        _record_withdrawal(edition, cast(User | None, by), OVERTAKEN, "", now)


def _overtake(edition: Edition, granting: Approval | None) -> None:
    """Closes what was asked for of the year and is overtaken by the edition."""
    for approval in Approval.objects.requests().filter(report=edition.report):
        if granting is None or approval.pk != granting.pk:
            approval.close(ApprovalState.LAPSED, reason=f"第{edition.number}版が、別に公表されました。")


def lock(report: AnnualReport) -> None:
    """Holds the report's row until the transaction ends (SQLite's IMMEDIATE transaction holds the whole file).

    Raises PublishRefused for a year that was taken back meanwhile.
    """
    if not AnnualReport.objects.select_for_update().filter(pk=report.pk):
        raise PublishRefused("この年度は、取り消されました。")


DRAFT_MOVED = "確認していただいた後に、内容が変わりました。もう一度、変更点を確認してください。"


NO_NOTE = "公表済みの内容を訂正するときは、訂正の説明を書いてください。市民の皆さんに表示されます。"
NO_NOTE_AGAIN = (
    "取り下げた年度をあらためて公表するときは、訂正の説明に、何を直したかを書いてください。市民の皆さんに表示されます。"
)


def refuse_unready(report: AnnualReport, draft: Draft, public_from: datetime | None, note: str, now: datetime) -> None:
    """Raises PublishRefused or NothingChanged with the sentence that says what is missing."""
    if not draft.rows:
        raise PublishRefused("この年度にはまだ項目がありません。項目を登録してから公表してください。")
    if draft.unmarked:
        raise PublishRefused(f"主体（★●◎）が選ばれていない項目があります：{'、'.join(draft.unmarked)}")
    refuse_two_wordings(draft)
    # Now: against what citizens see, so that a scheduled edition can be brought forward. Later: against the last plan.
    last = last_edition(report) if public_from else shown_edition(report)
    if last and last.content_sha256 == draft.content_sha256:
        raise NothingChanged(f"第{last.number}版から変わったところがないため、新しい版は作りませんでした。")
    if public_from and public_from < now:
        raise PublishRefused("公表日時が過去になっています。これからの日時を選ぶか、「今すぐ」を選んでください。")
    if not note.strip() and report.editions.filter(public_from__lte=now).exists():
        raise PublishRefused(NO_NOTE if shown_edition(report) else NO_NOTE_AGAIN)


SAID_AGAIN = (
    "取り下げたときに消したことばが、また載ります。直してから公表してください。"
    "このまま公表するときは、印を付けて、理由を書いてください。"
)
SAID_IN = "「{}」に、取り下げたときに消したことばが入っています。ことばを使わずに書いてください。"


def refuse_said_again(draft: Draft, note: str, reason: str) -> None:
    """Raises PublishRefused while words for which an edition was taken down would become public again unasked."""
    if not (words := removed_words()):
        return
    finder = Finder(words)
    for label, text in (("訂正の説明", note), ("このまま公表する理由", reason)):
        if finder.finds(text):
            raise PublishRefused(SAID_IN.format(label))
    texts = leaves([draft.front_matter, *map(content_of, draft.cells)])
    if not reason.strip() and any(finder.finds(text) for _, text in texts):
        raise PublishRefused(SAID_AGAIN)


def refuse_two_wordings(draft: Draft) -> None:
    """Raises PublishRefused when one number would have two titles, or one code two items."""
    if draft.clashes:
        raise PublishRefused(f"1つの版に載せられません。{'。'.join(draft.clashes)}。{ADVICE}")
    if not draft.settled:
        names = "、".join(f"{each.name}（公表した版は{each.before}、いまは{each.now}）" for each in draft.differing)
        raise PublishRefused(f"公表した版と、いまの計画とで、名前が違うものがあります：{names}。{HEADINGS_ADVICE}")


def _freeze(
    report: AnnualReport, draft: Draft, shown: Edition | None, *, by: Person | None, note: str, **facts
) -> Edition:
    number, attempt = _next_number(report)
    edition = Edition(
        report=report,
        number=number,
        attempt=attempt,
        published_by=cast(User | None, by),  # a stranger may not publish
        correction_note=note.strip(),
        front_matter=draft.front_matter,
        content_sha256=draft.content_sha256,
        **facts,
    )
    _join_chain(edition)
    edition.save()
    note_corrections(draft.rows, draft.cells, shown, edition.number, edition.correction_note)
    for row in draft.rows:
        row.edition, row.search_text = edition, search_text(row)
    EditionRow.objects.bulk_create(draft.rows, batch_size=500)
    names = {name for row in draft.rows for name in named_files(row.evidence)}
    EditionFile.objects.bulk_create((EditionFile(edition=edition, name=name) for name in sorted(names)), batch_size=500)
    transaction.on_commit(standing.ask_again, robust=True)
    return edition


def _next_number(report: AnnualReport) -> tuple[int, str]:
    """The number after those that citizens saw or will have seen by then, and the how manieth attempt at it this is."""
    highest = report.editions.numbered().order_by("-number").values_list("number", flat=True).first() or 0
    before = report.editions.filter(number=highest + 1).count()
    return highest + 1, str(before + 1) if before else ""


def _join_chain(edition: Edition) -> None:
    """Binds the edition to the one published last; a sample, which is taken out again, stays outside."""
    if edition.report.sample:
        return
    hold(EDITIONS)
    head = Edition.objects.chain_head()
    edition.chain_sha256 = chain_sha256(head, edition.chain_name, edition.content_sha256)


def withdraw(edition: Edition, *, by: Person | None, reason: str, told: str = "") -> EditionWithdrawal:
    """The withdrawal, stored: from now on the edition is nowhere to be seen, and the one before it shows again."""
    return withdraw_all([edition], by=by, reason=reason, told=told)[0]


@transaction.atomic
def withdraw_all(
    editions: Sequence[Edition],
    *,
    by: Person | None,
    reason: str,
    told: str = "",
    places: Mapping[int, list] | None = None,
) -> list[EditionWithdrawal]:
    """The withdrawals of all of them or of none. told: what citizens read in their place. places: by edition's key.

    With FOUR_EYES it counts at once too, since what harms somebody must not wait; a second person confirms it after.
    Raises PublishRefused without a reason or when one is withdrawn already, PermissionDenied without the right.
    """
    permissions.require(by is None or permissions.may_publish(by), MAY_NOT_WITHDRAW)
    for report in sorted({edition.report for edition in editions}, key=lambda report: report.pk):
        lock(report)
    if not reason.strip():
        raise PublishRefused("取下げの理由を書いてください。")
    if EditionWithdrawal.objects.filter(edition__in=editions).exists():
        raise PublishRefused("この版は、すでに取り下げられています。")
    transaction.on_commit(standing.ask_again, robust=True)
    _refuse_followed(editions)
    user = cast(User | None, by)  # a stranger may not publish
    why = (reason.strip(), told.strip())
    return [_withdraw(edition, user, *why, (places or {}).get(edition.pk, [])) for edition in editions]


# How long before its time a reservation gives its number back: clocks differ, and a cancellation may wait for its turn.
SURELY_UNSEEN = timedelta(minutes=10)


def _was_unseen(edition: Edition, now: datetime) -> bool:
    return edition.public_from - now > SURELY_UNSEEN and not standing.was_shown(edition.pk)


def _refuse_followed(editions: Sequence[Edition]) -> None:
    """Raises PublishRefused for a reservation after which another one waits: its number would be left out."""
    now, gone = timezone.now(), {edition.pk for edition in editions}
    for edition in editions:
        later = edition.report.editions.standing().filter(number__gt=edition.number).exclude(pk__in=gone).first()
        if later and _was_unseen(edition, now):
            raise PublishRefused(FOLLOWED.format(later.number))


FOLLOWED = "この版のあとに、第{0}版の予約があります。先に第{0}版の予約を取り消してください。"
MAY_NOT_WITHDRAW = "公表を取り下げる権限がありません。"


def _withdraw(edition: Edition, user: User | None, reason: str, told: str, places: Sequence[dict]) -> EditionWithdrawal:
    if user is not None and permissions.four_eyes():
        facts = {"report": edition.report, "content_sha256": edition.content_sha256, "asked_by": user}
        Approval(kind=ApprovalKind.WITHDRAWAL, edition=edition, **facts).record()
    return _record_withdrawal(edition, user, reason, told, timezone.now(), places)


def _record_withdrawal(
    edition: Edition, user: User | None, reason: str, told: str, now: datetime, places: Sequence[dict] = ()
) -> EditionWithdrawal:
    """Stored. Citizens are told nothing in the place of what they never saw."""
    unseen = _was_unseen(edition, now)
    facts = {"withdrawn_by": user, "reason": reason, "withdrawn_at": now, "before_public": unseen}
    told = "" if unseen else told
    return EditionWithdrawal.objects.create(edition=edition, public_words=told, places=list(places), **facts)


# What stands above an item's row, or on its own page: a change of it is told of at the report's head alone.
BESIDE_ROW = {
    "policy_printed",
    "policy_title",
    "measure_printed",
    "measure_relisted",
    "measure_title",
    "status_heading",
    "department_contact",
    "merged_from",
    "origins",
}


def note_corrections(
    rows: Sequence[EditionRow], cells: Sequence[Cells], shown: Edition | None, number: int, note: str
) -> None:
    """Writes the note at every row whose shown cells differ from the edition that citizens see, and at what was added;
    the others keep theirs.

    cells: those of the rows, in the same order. Nothing is written before citizens have seen an edition of the year:
    what they have not read is not corrected.
    """
    if shown is None:
        return
    before = printed_cells(shown)
    notes = dict(shown.rows.values_list("item_id", "correction_note"))
    for row, now in zip(rows, cells, strict=True):
        old = before.get(row.item_id)
        if old is None:
            row.correction_note = f"第{number}版で追加：{note}"
        else:
            same = _shown_in_row(old) == _shown_in_row(now)
            row.correction_note = notes[row.item_id] if same else f"第{number}版で訂正：{note}"


def _shown_in_row(cells: Cells) -> Cells:
    return {name: value for name, value in content_of(cells).items() if name not in BESIDE_ROW}


@transaction.atomic
def delete_sample_editions(report: AnnualReport) -> int:
    """How many editions of the sample report were deleted, with their rows and withdrawals.

    Raises PublishRefused, and deletes nothing, when the stored report is not a sample or one of its editions was
    published as a real one.
    """
    stored = AnnualReport.objects.select_for_update().get(pk=report.pk)
    editions = list(Edition.objects.filter(report=stored))
    if not (stored.sample and all(edition.front_matter.get("sample") is True for edition in editions)):
        raise PublishRefused(f"{stored}は見本ではないため、公表した版を削除できません。")
    _delete(EditionFile, edition__in=editions)
    _delete(EditionRow, edition__in=editions)
    _delete(EditionWithdrawal, edition__in=editions)
    _delete(Edition, pk__in=[edition.pk for edition in editions])
    transaction.on_commit(standing.ask_again, robust=True)
    return len(editions)


def _delete(model: type[models.Model], **which) -> None:
    # A plain queryset in place of the guarded one; raw, since a collected delete sends the signal that refuses.
    models.QuerySet(model).filter(**which)._raw_delete(DEFAULT_DB_ALIAS)
