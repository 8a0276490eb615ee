"""Reading a JSON file that somebody uploaded: what it holds, or a sentence that names the line."""

import json
import re
from collections import Counter
from typing import Any

from actionplan.uploads import UploadError

MOST_OBJECTS, DEEPEST = 200_000, 50
JSON_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]')


class JsonObject(dict[str, Any]):
    """An object of a JSON file. twice: a name that it has more than once, or nothing."""

    twice = ""


def _object(pairs: list[tuple[str, Any]]) -> JsonObject:
    found = JsonObject(pairs)
    names = Counter(name for name, _ in pairs) if len(found) < len(pairs) else Counter[str]()
    found.twice = next((name for name, times in names.items() if times > 1), "")
    return found


def read_json(data: bytes, *, as_written: bool = False) -> Any:
    """What a JSON file holds; as_written: numbers as the texts that they were written as. Raises UploadError."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UploadError("文字コードがUTF-8ではありません。UTF-8で保存し直してください。") from error
    if text.count("{") + text.count("[") > MOST_OBJECTS:
        raise UploadError(
            f"中身が多すぎます（{{ }}と[ ]が合わせて{MOST_OBJECTS:,}個まで）。いくつかのファイルに分けてください。"
        )
    numbers: dict[str, Any] = {"parse_float": str, "parse_int": str} if as_written else {}
    try:
        return json.loads(text, object_pairs_hook=_object, **numbers)
    except json.JSONDecodeError as error:
        where = f"{error.lineno}行目が、JSONとして読めません（{error.colno}文字目の付近）。"
        raise UploadError(f"{where}書き出したときのままのファイルを選んでください。") from error
    except RecursionError as error:
        raise UploadError(
            f"{_deepest_line(text)}行目で、[ ]や{{ }}の入れ子が深すぎます。表の形に直してください。"
        ) from error
    except ValueError as error:  # a number of thousands of digits
        raise UploadError("桁の多すぎる数が入っています。もとのファイルを確かめてください。") from error


def _deepest_line(text: str) -> int:
    """The line on which the brackets first stand too deep."""
    depth = 0
    for found in JSON_TOKEN.finditer(text):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(found[0], 0)
        if depth > DEEPEST:
            return text.count("\n", 0, found.start()) + 1
    return 1
