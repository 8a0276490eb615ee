"""Text: what the record may hold, and how a workbook spells it."""

import re
import unicodedata

FILLERS = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"  # letters, says Unicode, that nobody sees
# What no text may hold, once its line breaks are single: controls, what turns the direction of writing (a page would
# show other words than a file holds), marks that lay one text over another, halves of characters, what is no character.
CONTROLS = re.compile(
    r"[\x00-\x09\x0b-\x1f\x7f\x80-\x9f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufff9-\ufffb"
    r"\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    + "".join(f"{chr(plane << 16 | 0xFFFE)}{chr(plane << 16 | 0xFFFF)}" for plane in range(1, 17))
    + "]"
)


def as_words(value: object) -> str:
    """はい or いいえ for a truth, everything else as it is."""
    return ("はい" if value else "いいえ") if isinstance(value, bool) else str(value)


# The one reading of text, for every door. Each kind of character has one fate, and what is in no kind is kept:
#   BREAKS          one line feed: what browsers, Word (vertical tab, page break) and chats (U+2028) begin a line with
#   a tab           a blank
#   UNSEEN          removed, and told: it takes no room and chooses no glyph, but search and comparison would miss words
#   GLYPH_CHOOSERS  kept although it takes no room: a variant of a kanji, an emoji, a letter of a script that joins
#   CONTROLS        refused, with its place
BREAKS, MAYBE_UNTIDY = re.compile(r"\r\n|[\r\x0b\x0c\x85\u2028\u2029]"), re.compile(r"[\t\r\x0b\x0c\x85\u2028\u2029]")
EMOJI = "©®‼⁉ℹ™←-⯿〰〽㊗㊙\U0001f000-\U0001faff"
JOINING = "\u0600-\u08ff\u0900-\u0dff"  # Arabic to Sinhala
KANJI = "々〆〇㐀-䶿一-鿿豈-\ufaff\U00020000-\U0003ffff"
GLYPH_CHOOSERS = "|".join(
    [
        "\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f",  # the flag of England
        f"(?<=[{EMOJI}])[\ufe0e\ufe0f]|(?<=[#*0-9])\ufe0f(?=\u20e3)",
        f"(?<=[{KANJI}、。，．！：；？「」])[\ufe00-\ufe02\U000e0100-\U000e01ef]",
        "(?<=[\u2200-\u2aff])\ufe00",
        f"(?:(?<=[{EMOJI}])|(?<=[{EMOJI}]\ufe0f))\u200d(?=[{EMOJI}])",
        f"(?<=[{JOINING}])[\u200c\u200d]",
        "(?<=[\u1820-\u18aa])[\u180b-\u180d\u180f]",  # Mongolian
    ]
)
IGNORABLE = (
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2060-\u2065\u206a-\u206f\u3164\ufe00-\ufe0f\ufeff"
    "\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
UNSEEN, MAYBE_UNSEEN = re.compile(f"({GLYPH_CHOOSERS})|[{IGNORABLE}]"), re.compile(f"[{IGNORABLE}]")


def as_stored(text: str) -> str:
    """The text as the record keeps it; forbidden_characters() says whether it can."""
    text = tidy_line_breaks(text)
    return UNSEEN.sub(lambda found: found[1] or "", text) if MAYBE_UNSEEN.search(text) else text


def tidy_line_breaks(text: str) -> str:
    """The text with every line break as a single \\n, and a blank for a tab: neither changes what a person sees."""
    return BREAKS.sub("\n", text).replace("\t", " ") if MAYBE_UNTIDY.search(text) else text


def unseen_characters(text: str) -> list[str]:
    """The characters that as_stored() removes, as U+XXXX, each once."""
    found = UNSEEN.finditer(text) if MAYBE_UNSEEN.search(text) else ()
    return list(dict.fromkeys(_code(each[0]) for each in found if not each[1]))


REMOVED = "目に見えない文字（{}）は、取り除いて{}。"


def changes_told(text: str, done: str = "読みました") -> list[str]:
    """What as_stored() does to a text that its writer does not see, a sentence each. done: 読みました, 保存しました."""
    told = [f"文の中のタブは、空白に置き換えて{done}。"] if "\t" in text else []
    unseen = unseen_characters(text)
    return [*told, REMOVED.format("、".join(unseen), done)] if unseen else told


def forbidden_characters(text: str) -> list[str]:
    """The characters that a public record cannot hold, as U+XXXX, in order. text: as_stored()."""
    return [_code(found) for found in CONTROLS.findall(text)]


def refusal(text: str) -> str:
    """The sentence about characters that a public record cannot hold, with the place of the first; "" for none."""
    names = "、".join(dict.fromkeys(forbidden_characters(text)))
    return (
        f"目に見えない制御文字（{names}）が入っています。{_where(text)}を消して、打ち直してください。" if names else ""
    )


def _where(text: str) -> str:
    """2行目の「市民と協働」のすぐ後: where the first forbidden character stands, in words that can be seen."""
    before = text[: CONTROLS.search(text).start()].split("\n")  # type: ignore[union-attr]  # asked where there is one
    line = f"{len(before)}行目の" if "\n" in text else ""
    return f"{line}「{before[-1].strip()[-10:]}」のすぐ後" if before[-1].strip() else f"{line or '文の'}はじめ"


def _code(character: str) -> str:
    return f"U+{ord(character[0]):04X}"


def invisible_characters(text: str) -> list[str]:
    """The characters that a line cannot show, as U+XXXX, in order: controls, breaks, marks of direction, fillers."""
    unseen = ("Cc", "Cf", "Cs", "Zl", "Zp")
    return [f"U+{ord(each):04X}" for each in text if unicodedata.category(each) in unseen or each in FILLERS]


# A workbook writes a character as _xHHHH_, so a text that holds such letters itself needs its first _ written so;
# a control character after _xHHHH counts as the closing _, since its own spelling begins with one.
LOOKS_ESCAPED = re.compile(r"_(?=x[0-9a-fA-F]{4}[_\x00-\x08\x0b-\x1f\ufffe\uffff])")
UNSPELT = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]")
ESCAPED = re.compile(r"_x(?![dD][89a-fA-F])([0-9a-fA-F]{4})_")  # halves of a surrogate pair stay as they are


def workbook_escape(text: str) -> str:
    """The text as a workbook's XML spells it, before the XML's own escapes.

    XlsxWriter's own version misses the second of two escapes that share a _, as in _x0041_x0042_.
    """
    return UNSPELT.sub(lambda found: f"_x{ord(found[0]):04X}_", LOOKS_ESCAPED.sub("_x005F_", text))


def workbook_unescape(text: str) -> str:
    """The text that a workbook's XML spells; it undoes workbook_escape() whatever the text."""
    return ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text
