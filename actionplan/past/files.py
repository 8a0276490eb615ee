"""A file → its tables, whatever it is called and holds; what it is, its first bytes say."""

from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from actionplan.past.pdf import read_pdf
from actionplan.past.source import (
    MOST_ROWS,
    NOT_WORD,
    TOO_LONG,
    Source,
    SourceTable,
    read_csv_table,
    read_document,
    read_workbook,
)
from actionplan.uploads import ENCRYPTED, LOCKED, NOT_XLSX, OLD, OLD_CONTAINER, UploadError, check_size

SUFFIXES = (".xlsx", ".csv", ".docx", ".pdf")
MOST_COLUMNS, MOST_TABLES = 200, 300
CHOOSE = "取り込めるのは、Excel（.xlsx）、CSV（.csv）、Word（.docx）の表と、文字の入ったPDF（.pdf）の表です。"
OLD_WORD = "古い形式（.doc）の文書です。Wordで開いて、.docxの形式で保存し直してください。"
LOCKED_WORD = "パスワード付きの文書です。開くときのパスワードを外して、保存し直してください。"
MISNAMED = (
    "名前の終わりは「{suffix}」ですが、中身はそのようなファイルではありません。もとのファイルを選び直してください。"
)
NO_TABLE_AT_ALL = "ファイルの中に表が見つかりません。見出しと行のある表が入ったファイルを選んでください。"
TOO_WIDE = "{name}：列が多すぎます（{columns}列）。使っていない列を削除してください（{most}列まで）。"
OTHERS = {
    ".xls": OLD,
    ".doc": OLD_WORD,
    ".xlsm": "マクロ付きのブック（.xlsm）です。Excelで開いて、.xlsxの形式で保存し直してください。",
    ".ods": "このブック（.ods）は読めません。表計算ソフトで開いて、.xlsxの形式で保存し直してください。",
    ".odt": "この文書（.odt）は読めません。文書ソフトで開いて、.docxの形式で保存し直してください。",
    ".jtd": "一太郎の文書です。表をWordかExcelに貼り付けて、.docxか.xlsxの形式で保存し直してください。",
    ".zip": "圧縮したファイル（.zip）です。中のファイルを取り出して、1つずつ選んでください。",
}


def read_source(data: bytes, name: str) -> Source:
    """What the file holds. name: its own, as the person knows it. Raises UploadError for what is no such file."""
    check_size(data)
    suffix = Path(name).suffix.lower()
    if suffix in OTHERS:
        locked = data.startswith(OLD_CONTAINER) and ENCRYPTED in data
        raise UploadError(_old(data, suffix) if locked else OTHERS[suffix])
    if suffix not in SUFFIXES:
        raise UploadError(f"この種類のファイル（{suffix or '種類の分からない名前'}）は取り込めません。{CHOOSE}")
    kind, read = _reader(data, suffix)
    tables, notes = read(data)
    return Source(name, kind, _checked(tables), notes)


def _reader(data: bytes, suffix: str) -> tuple[str, Callable]:
    if data.startswith(OLD_CONTAINER):
        raise UploadError(_old(data, suffix))
    if b"%PDF-" in data[:1024]:
        return _expected("pdf", suffix, ".pdf", read_pdf)
    if data.startswith(b"PK"):
        return _package(data, suffix)
    if suffix == ".csv":
        return "csv", read_csv_table
    raise UploadError(MISNAMED.format(suffix=suffix))


def _old(data: bytes, suffix: str) -> str:
    if ENCRYPTED in data:
        return LOCKED_WORD if suffix in (".docx", ".doc") else LOCKED
    return OLD_WORD if "WordDocument".encode("utf-16-le") in data else OLD


def _expected(kind: str, suffix: str, own: str, read: Callable) -> tuple[str, Callable]:
    if suffix != own:
        raise UploadError(
            f"中身は{own}のファイルのようです。ファイルの名前の終わりを「{own}」に直して、選び直してください。"
        )
    return kind, read


def _package(data: bytes, suffix: str) -> tuple[str, Callable]:
    try:
        parts = {part.filename for part in ZipFile(BytesIO(data)).infolist()}
    except BadZipFile as error:
        raise UploadError(NOT_WORD if suffix == ".docx" else NOT_XLSX) from error
    if any(part.startswith("word/") for part in parts):
        return _expected("word", suffix, ".docx", read_document)
    if any(part.startswith("xl/") for part in parts):
        return _expected("excel", suffix, ".xlsx", read_workbook)
    raise UploadError(MISNAMED.format(suffix=suffix))


def _checked(tables: Sequence[SourceTable]) -> list[SourceTable]:
    kept = [table for table in tables if any(len(row.words) > 1 for row in table.rows if not row.is_line)]
    if not kept:
        raise UploadError(NO_TABLE_AT_ALL)
    for table in kept:
        if len(table.rows) > MOST_ROWS:
            raise UploadError(TOO_LONG.format(name=table.name, rows=len(table.rows), most=MOST_ROWS))
        if table.width > MOST_COLUMNS:
            raise UploadError(TOO_WIDE.format(name=table.name, columns=table.width, most=MOST_COLUMNS))
    return kept[:MOST_TABLES]
