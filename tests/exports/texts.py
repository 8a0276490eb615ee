"""Texts for property tests: what a public record may hold, with a liking for what goes wrong in files."""

from hypothesis import strategies as st

from actionplan.text import as_stored, forbidden_characters

AWKWARD = [
    "=1+1",
    "＝SUM(A1)",
    "+81-920",
    "－",
    "@here",
    "'=1",
    "''＋",
    "\n=1",
    '"引用",\n次の行',
    "_x0041_",
    "_x0041_x0042_",
    "_x005F_",
    "_x000D_",
    "<r>太字</r>",
    "<r><t>=1</t></r>",
    "&amp;",
    " 端の空白 ",
    "　",
    "https://example.org/",
    "mailto:a@example.org",
    "internal:A1",
    "0012",
    "1e5",
    "3-2-1",
    "TRUE",
    "#N/A",
    "{=1}",
    "𠮷野家",
    "\ufeff先頭",
]


def record_texts() -> st.SearchStrategy[str]:
    """Texts as the record keeps them, formula-like beginnings included."""
    characters = st.characters(codec="utf-8").filter(lambda character: not forbidden_characters(character))
    plain = st.text(characters, max_size=30)
    lead = st.sampled_from(["=", "+", "-", "@", "＝", "＋", "－", "＠", "'", "''=", "\n", "_x", "<r>", ""])
    return st.one_of(st.sampled_from(AWKWARD), plain, st.builds(str.__add__, lead, plain)).map(as_stored)
