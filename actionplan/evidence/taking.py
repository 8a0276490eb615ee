"""The one way in which evidence comes to an answer, changes and goes: under its lock, with the person's rights."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction

from actionplan import permissions
from actionplan.evidence.judging import FitFile, megabytes
from actionplan.kept_files import forget_others, keep
from actionplan.models import EditionFile, Evidence, EvidenceKind, Person, State, YearlyStatus, note_source
from actionplan.seen import fingerprint, refuse_moved
from actionplan.uploads import MEGABYTE

MOST, MOST_BYTES = 20, 40 * MEGABYTE
CLOSED = "この項目は「{state}」のため、資料を変えられません。何も保存していません。"
MOVED = "この画面を開いたあとに、ほかの人が資料を変えました。何も保存していません。いまの資料を確かめてください。"
TOO_MANY = f"1つの項目に付けられる資料は{MOST}個までです（いまは{{now}}個）。何も保存していません。"
TOO_HEAVY = f"1つの項目の資料は、合わせて{megabytes(MOST_BYTES)}までです。何も保存していません。"
TWICE = "「{name}」は、この項目にもう付いています。"


class EvidenceRefused(ValueError):
    """Raised when nothing was stored. The message is the sentence for the person. place: of the new file it means."""

    def __init__(self, sentence: str, place: int | None = None) -> None:
        super().__init__(sentence)
        self.place = place


@dataclass(frozen=True)
class NewFile:
    """A file that is to be added, made fit already, with what is said of it."""

    name: str
    file: FitFile
    caption: str
    alt: str


@dataclass(frozen=True)
class Change:
    """What is to become of a piece of evidence."""

    order: int
    caption: str
    alt: str
    remove: bool = False


def seal(status: YearlyStatus) -> str:
    """The fingerprint of the answer's evidence as it stands."""
    return fingerprint(list(Evidence.objects.filter(status=status).values_list("pk", "order", "caption", "alt")))


@transaction.atomic
def add_files(status: YearlyStatus, files: Sequence[NewFile], *, by: Person | None) -> list[Evidence]:
    """The files, stored as evidence of the answer: all of them or none. by: None when the machine adds them.

    Raises EvidenceRefused, PermissionDenied.
    """
    stored = _open(status, by)
    found = [_of_file(stored, new) for new in files]
    known = set(stored.evidence.exclude(sha256="").values_list("sha256", flat=True))
    for place, (new, row) in enumerate(zip(files, found, strict=True)):
        if row.sha256 in known:
            raise EvidenceRefused(TWICE.format(name=new.name), place)
        known.add(row.sha256)
    return _store(stored, found)


@transaction.atomic
def add_link(status: YearlyStatus, url: str, caption: str, *, by: Person) -> Evidence:
    """The link, stored as evidence. Raises EvidenceRefused, PermissionDenied."""
    stored = _open(status, by)
    if stored.evidence.filter(url=url).exists():
        raise EvidenceRefused(TWICE.format(name=url))
    [link] = _store(stored, [Evidence(status=stored, kind=EvidenceKind.LINK, url=url, caption=caption)])
    return link


@transaction.atomic
def change(status: YearlyStatus, changes: Mapping[int, Change], *, seen: str, by: Person) -> int:
    """How many pieces were changed or removed. changes: by primary key; seen: the seal of what the person looked at.

    Raises EvidenceRefused when others changed them meanwhile or a text is missing, PermissionDenied.
    """
    stored = _open(status, by)
    refuse_moved(seen, seal(stored), MOVED)
    count = 0
    for row in stored.evidence.all():
        if wanted := changes.get(row.pk):
            count += _change(row, wanted)
    return count


def _change(row: Evidence, wanted: Change) -> bool:
    if wanted.remove:
        note_source(row, reason="資料を外す").delete()
        return True
    facts = {"order": wanted.order, "caption": wanted.caption, "alt": wanted.alt}
    if all(getattr(row, name) == value for name, value in facts.items()):
        return False
    for name, value in facts.items():
        setattr(row, name, value)
    _check(row)
    note_source(row, reason="資料の画面で直す").save()
    return True


def _open(status: YearlyStatus, by: Person | None) -> YearlyStatus:
    """The answer, locked. Raises EvidenceRefused when it is not open to the person, PermissionDenied."""
    stored = YearlyStatus.objects.select_for_update().get(pk=status.pk)
    if by is None:
        return stored
    standing = permissions.standing_of(by)
    permissions.require(standing.may_answer_for(stored.department_id))
    if not standing.may_answer(stored):
        raise EvidenceRefused(CLOSED.format(state=stored.get_state_display()))
    return stored


def _of_file(status: YearlyStatus, new: NewFile) -> Evidence:
    row = Evidence(status=status, kind=new.file.kind, caption=new.caption, alt=new.alt, original_name=new.name[-255:])
    row.media_type, row.size = new.file.media_type, len(new.file.data)
    row.sha256 = keep(new.file.data, row.media_type)
    if new.file.picture and new.file.small:
        row.width, row.height = new.file.picture.width, new.file.picture.height
        row.preview_sha256 = keep(new.file.small.data, row.media_type)
        row.preview_width, row.preview_height = new.file.small.width, new.file.small.height
    return row


def _store(status: YearlyStatus, rows: list[Evidence]) -> list[Evidence]:
    there = list(status.evidence.all())
    if len(there) + len(rows) > MOST:
        raise EvidenceRefused(TOO_MANY.format(now=len(there)))
    if sum(row.size for row in (*there, *rows)) > MOST_BYTES:
        raise EvidenceRefused(TOO_HEAVY)
    last = max((row.order for row in there), default=0)
    for place, row in enumerate(rows, 1):
        row.order = last + place
        _check(row)
        note_source(row, reason="資料を加える", source_file=row.original_name).save()
    if rows and status.state == State.NOT_STARTED:
        status.state = State.DRAFT
        note_source(status, reason="資料を加える").save()
    return rows


def forget_left_over() -> int:
    """How many kept files were removed: those that no answer and no edition names, once they are a day old."""
    return forget_others(named_anywhere())


def named_anywhere() -> set[str]:
    """Every kept file that an answer or an edition names."""
    live = Evidence.objects.exclude(sha256="").only("sha256", "preview_sha256", "media_type")
    known = {name for row in live for name in (row.name, row.preview_name)}
    return (known | set(EditionFile.objects.values_list("name", flat=True))) - {""}


def _check(row: Evidence) -> None:
    try:
        row.full_clean(exclude=["status"])
    except ValidationError as error:
        raise EvidenceRefused("".join(error.messages)) from error
