"""manage.py verify: hashes everything that was published and recorded again, and names what does not fit."""

import hashlib
import json
import logging
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from actionplan import kept_files
from actionplan.evidence.taking import named_anywhere
from actionplan.models import Edition, EditionRow, Seal, Unsealing, chain_sha256, content_sha256
from actionplan.models.seal import CHANGED, GONE, NEVER_SEALED, BrokenSeal, misfits, missing_triggers, still
from actionplan.models.sealing import Entry, chained, sealed_models
from actionplan.publishing.compose import printed_cells

SECURITY = logging.getLogger("portal.security")
HOW = {
    CHANGED: "書き換えられています",
    GONE: "消されています",
    NEVER_SEALED: "ポータルを通らずに書き込まれています（封がありません）",
}
FITS = "すべて合っています：版{editions}件、記録{seals}件、資料{files}件。\n末尾 {head}"
MISFITS = "合わないものが{count}件あります。消さず、直さずに、docs/operations.md の「verify」を見てください。"
MISSING = "データベースの守り（トリガー）が{count}個ありません：{names}。manage.py migrate で元に戻ります。"


class Found(NamedTuple):
    """What a verification saw: how many editions, entries and files, the end of the ledger, and what does not fit."""

    editions: int
    seals: int
    files: int
    head: str
    faults: list[str]


class Command(BaseCommand):
    """For people and for cron: prints what does not fit, and ends with 1 when something does not."""

    help = "公表した版、変更の記録、資料のファイルが、書き換えられたり消されたりしていないかを確かめます。"

    def add_arguments(self, parser: CommandParser) -> None:
        """How much is said, and what the record is held against."""
        parser.add_argument("--quiet", action="store_true", help="合っているときは何も表示しない（cron用）")
        parser.add_argument(
            "--expect", nargs="*", default=[], metavar="HEAD", help="前に控えた末尾（例：1397:3a7b…）が、いまもあるか"
        )
        parser.add_argument(
            "--anew", action="store_true", help="前回の確認とは比べない（バックアップから戻した後に、一度だけ）"
        )

    def handle(self, **options) -> None:
        """Verifies, remembers that it did, and says what it found."""
        before = {} if options["anew"] else last_verification()
        found = verify([*options["expect"], *filter(None, [before.get("head")])])
        remember(found, before)
        for fault in found.faults:
            self.stdout.write(fault)
            SECURITY.error("記録が合いません：%s", fault)
        if found.faults:
            raise CommandError(MISFITS.format(count=len(found.faults)))
        if not options["quiet"]:
            self.stdout.write(FITS.format(**found._asdict()))


# ---- the last time ---------------------------------------------------------------------------------------------------


def _path() -> Path:
    return kept_files.shared_place() / "verified.json"


def last_verification() -> dict[str, Any]:
    """What was remembered of the last one; nothing before the first. Raises CommandError when that is broken."""
    try:
        return json.loads(_path().read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (ValueError, OSError) as error:
        raise CommandError(f"前回の確認の控え（{_path()}）が読めません。確かめてから、消してください。") from error


def remember(found: Found, before: dict[str, Any]) -> None:
    """Keeps when it was and what came of it. The end of the ledger moves on only when everything fits."""
    head = before.get("head", "") if found.faults else found.head
    facts = {"at": timezone.now().isoformat(), "fits": not found.faults, "faults": len(found.faults), "head": head}
    kept_files.write_whole(_path(), json.dumps(facts, ensure_ascii=False).encode())


# ---- the parts -------------------------------------------------------------------------------------------------------


def verify(heads: Iterable[str] = ()) -> Found:
    """Everything held against its hashes. heads: ends of the ledger that were noted, each of which it must still hold.

    Reads as a stream; rows that are stored meanwhile are looked at once more before they are named.
    """
    editions, files = Edition.objects.count(), sorted(named_anywhere())
    head, broken = walk(set(heads))
    parts = (triggers(), broken, openings(), record(), published(), evidence(files))
    faults = [fault for part in parts for fault in part]
    return Found(editions, int(head.partition(":")[0]), len(files), head, faults)


def triggers() -> Iterator[str]:
    """The guards of tables that do not stand."""
    if missing := missing_triggers():
        yield MISSING.format(count=len(missing), names="、".join(missing[:5]))


def walk(heads: set[str]) -> tuple[str, list[str]]:
    """The end of the ledger, and where it does not hold together or lacks one of the heads."""
    previous, last, broken, seen = "", 0, [], set()
    columns = ("sequence", "kind", "number", "sha256", "sealed_at", "chain_sha256")
    for sequence, kind, number, sha256, sealed_at, chain in Seal.objects.values_list(*columns).iterator(2000):
        if sequence != last + 1:
            broken.append(f"封の台帳：{last + 1}番から{sequence - 1}番までがありません。")
        elif chain != chained(previous, sequence, Entry(kind, number, sha256), sealed_at):
            broken.append(f"封の台帳：{sequence}番が、その前の番号とつながりません。")
        previous, last = chain, sequence
        seen |= {f"{sequence}:{chain}"} & heads
    broken += [f"封の台帳：控えてあった末尾 {head} がありません。" for head in sorted(heads - seen)]
    return f"{last}:{previous}", broken


def openings() -> Iterator[str]:
    """Times at which the seal was opened and not closed again."""
    for opened in Unsealing.objects.filter(closed_at=None):
        yield f"封を開けた記録{opened.pk}番（{opened.reason}）が、閉じられていません。だれでも書き換えられる状態です。"


def record() -> Iterator[str]:
    """Rows that do not fit their seals, and seals of a kind that there is not."""
    for misfit in misfits():
        if still(misfit):
            yield f"{in_words(misfit)}：{HOW[misfit.how]}。"
    known = {model._meta.model_name for model in sealed_models()}
    for kind in sorted(set(Seal.objects.order_by().values_list("kind", flat=True).distinct()) - known):
        yield f"封の台帳：「{kind}」という種類の記録は、このポータルにありません。"


def in_words(misfit: BrokenSeal) -> str:
    """Which row it is, as people find it."""
    row = misfit.model._base_manager.filter(pk=misfit.number).first()
    if isinstance(row, EditionRow):
        return f"公表した項目（{row.edition}の{row}）"
    source: Any = getattr(misfit.model, "instance_type", None)
    if source is None:
        return f"{misfit.model._meta.verbose_name}（{row or f'{misfit.number}番'}）"
    return f"変更の記録（{source._meta.verbose_name}、{source._meta.model_name}-{misfit.number}）"


def published() -> Iterator[str]:
    """Editions whose content or place in the chain is not what it was, in order of publishing."""
    previous = ""
    for edition in Edition.objects.select_related("report__plan").order_by("pk").iterator(20):
        rows = printed_cells(edition)
        if content_sha256(edition.front_matter, rows.values()) != edition.content_sha256:
            yield f"{edition}：内容が、公表したときのSHA-256（{edition.content_sha256}）と合いません。"
        positions = set(edition.rows.values_list("position", flat=True))
        if gaps := set(range(1, max(positions, default=0) + 1)) - positions:
            yield f"{edition}：{'、'.join(map(str, sorted(gaps)))}番目の項目がありません。"
        if edition.front_matter.get("sample") is True:
            continue
        if edition.chain_sha256 != chain_sha256(previous, edition.chain_name, edition.content_sha256):
            yield f"{edition}：一つ前に公表した版とつながりません。前の版が消されたか、この版が差し込まれています。"
        previous = edition.chain_sha256


def evidence(names: Iterable[str]) -> Iterator[str]:
    """Kept files that are not there, or hold something else than they held."""
    for name in names:
        try:
            with (kept_files.folder() / name).open("rb") as file:
                if hashlib.file_digest(file, "sha256").hexdigest() != name.partition(".")[0]:
                    yield f"資料のファイル {name}：中身が書き換えられています。"
        except FileNotFoundError:
            yield f"資料のファイル {name}：ありません。"
        except OSError as error:
            yield f"資料のファイル {name}：読めません（{error.strerror}）。"
