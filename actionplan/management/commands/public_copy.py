"""manage.py public_copy FILE: what citizens may see now, as one read-only database for a computer outside.

Beside the file lies evidence/, the photographs and files that it names. In the database stand the public editions with
their rows, of reports and plans the columns that addresses and order go by, and the words that are alike to a search.
No other table is there at all.
"""

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, connections, transaction
from django.db.backends.sqlite3.base import DatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Model, QuerySet

from actionplan import kept_files
from actionplan.models import AlikeWords, AnnualReport, Edition, EditionFile, EditionRow, EditionWithdrawal, Plan

COPY = "public copy"
TABLES: tuple[type[Model], ...] = (Plan, AnnualReport, Edition, EditionWithdrawal, EditionRow, EditionFile, AlikeWords)
NO_FOLDER = "フォルダー {folder} がありません。作ってから、もう一度実行してください。"
MISSING = "写真・資料のファイル {name} が見つかりません。公開用の写しは作っていません。"
DONE = "公開用の写しを作りました：{path}（版 {editions}、項目 {rows}、写真・資料 {files}）"
# Of an edition that is not public only the chain's hash is there, which the next one's rests on: it never begins.
NEVER, LONG_AGO = datetime(9000, 1, 1, tzinfo=UTC), datetime(2000, 1, 1, tzinfo=UTC)
FIRST_NUMBER = 10_000


class Command(BaseCommand):
    """Writes the copy, whole at once under its name, over the one of before."""

    help = "公表中の版だけの、読み取り専用の写しを作ります（外の公開用のコンピューターのため）。"

    def add_arguments(self, parser: CommandParser) -> None:
        """The file."""
        parser.add_argument("file", type=Path, help="写しのファイル。写真・資料は、隣の evidence に入ります。")

    def handle(self, **options) -> None:
        """Writes the copy, and says what it holds."""
        path: Path = options["file"].resolve()
        if not path.parent.is_dir():
            raise CommandError(NO_FOLDER.format(folder=path.parent))
        editions = list(Edition.objects.public().select_related("report__plan").order_by("pk"))
        files = EditionFile.objects.filter(edition__in=editions).order_by("pk")
        named = {file.name for file in files}
        _take_along(path.parent, named)
        rows = list(EditionRow.objects.filter(edition__in=editions).order_by("pk"))
        with _draft(path) as draft, _database(draft):
            told = list(EditionWithdrawal.objects.exclude(public_words="").select_related("edition__report__plan"))
            named_by = [*editions, *(each.edition for each in told)]
            for found in (_plans(named_by), _reports(named_by), _shells(editions, told), _bare(editions)):
                _write(found)
            _write(map(_without_reason, told))
            _write(map(_without_department, rows))
            _write(files)
            _write(AlikeWords.objects.order_by("pk"))
        _forget_others(path.parent / "evidence", named)
        self.stdout.write(DONE.format(path=path, editions=len(editions), rows=len(rows), files=len(named)))


# ---- what goes out ---------------------------------------------------------------------------------------------------


def _plans(editions: list[Edition]) -> Iterator[Plan]:
    """What addresses and order go by; a page has everything else from its edition."""
    for plan in {edition.report.plan_id: edition.report.plan for edition in editions}.values():
        yield Plan(pk=plan.pk, slug=plan.slug, title=plan.slug)


def _reports(editions: list[Edition]) -> Iterator[AnnualReport]:
    for report in {edition.report_id: edition.report for edition in editions}.values():
        yield AnnualReport(pk=report.pk, plan_id=report.plan_id, fiscal_year=report.fiscal_year, key=report.key)


def _bare(editions: list[Edition]) -> Iterator[Edition]:
    """The editions without who published them, and without what was not confirmed or why words stand again."""
    for edition in editions:
        edition.published_by, edition.unconfirmed, edition.said_again = None, [], ""
        yield edition


def _shells(editions: list[Edition], told: list[EditionWithdrawal]) -> Iterator[Edition]:
    """The hashes of editions that are not public and were published before one that is, in their order; and the numbers
    of those in whose place citizens read a sentence.
    """
    blank: dict[str, Any] = {"public_from": NEVER, "published_at": LONG_AGO, "front_matter": {}}
    for gone in (each.edition for each in told):
        facts = {"number": gone.number, "attempt": gone.attempt, "chain_sha256": gone.chain_sha256}
        yield Edition(pk=gone.pk, report=gone.report, **facts, **blank)
    if not editions:
        return
    last, named = editions[-1], [edition.pk for edition in [*editions, *(each.edition for each in told)]]
    before = Edition.objects.exclude(chain_sha256="").exclude(pk__in=named).filter(pk__lt=last.pk).order_by("pk")
    for number, (pk, chain) in enumerate(before.values_list("pk", "chain_sha256"), FIRST_NUMBER):
        yield Edition(pk=pk, report=last.report, number=number, chain_sha256=chain, **blank)


def _without_reason(withdrawal: EditionWithdrawal) -> EditionWithdrawal:
    """With what citizens read, without why and by whom."""
    withdrawal.withdrawn_by, withdrawal.reason, withdrawal.places = None, "", []
    return withdrawal


def _without_department(row: EditionRow) -> EditionRow:
    row.department = None
    return row


# ---- where it goes ---------------------------------------------------------------------------------------------------


@contextmanager
def _draft(path: Path) -> Iterator[Path]:
    """A file beside the path, which takes its place at the end of the block; nothing is left of it after a failure."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".")
    draft = Path(name)
    try:
        yield draft
        os.fsync(descriptor)
        os.replace(draft, path)
    finally:
        os.close(descriptor)
        draft.unlink(missing_ok=True)


@contextmanager
def _database(path: Path) -> Iterator[None]:
    """Under the alias COPY an empty database in the file, with our tables; closed at the end."""
    copy = DatabaseWrapper({**connections.settings["default"], "NAME": str(path), "OPTIONS": {}}, alias=COPY)
    connections[COPY] = copy
    with closing(copy):
        with copy.schema_editor() as editor:
            for table in TABLES:
                editor.create_model(table)
        recorder = MigrationRecorder(copy)
        recorder.ensure_schema()
        # Rows name items and accounts, of which there is no table.
        copy.disable_constraint_checking()
        with transaction.atomic(using=COPY):
            for app, name in MigrationRecorder(connection).applied_migrations():
                recorder.record_applied(app, name)
            yield
    del connections[COPY]


def _write(rows: Iterable[Model]) -> None:
    found: list[Any] = list(rows)
    if found:
        # The plain queryset: it is another database, where nothing is sealed.
        QuerySet(type(found[0]), using=COPY).bulk_create(found, batch_size=500)


# ---- photographs and files -------------------------------------------------------------------------------------------


def _take_along(folder: Path, named: set[str]) -> None:
    """Lays the files beside the copy, before it names them. Raises CommandError for one that is missing."""
    place = folder / "evidence"
    place.mkdir(exist_ok=True)
    if not (folder / kept_files.SHARED_MARKER).exists():
        kept_files.write_whole(folder / kept_files.SHARED_MARKER, b'{"portal":"public copy"}')
    for name in sorted(named):
        if not (place / name).exists():
            try:
                kept_files.write_whole(place / name, kept_files.read(name))
            except FileNotFoundError:
                raise CommandError(MISSING.format(name=name)) from None


def _forget_others(place: Path, named: set[str]) -> None:
    for path in place.iterdir():
        if path.name not in named:
            with suppress(OSError):
                path.unlink()
