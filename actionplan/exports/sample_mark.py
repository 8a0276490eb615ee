"""How a file says that its year is made up: no sheet, row or name of it may pass for a real report."""

SAMPLE = "見本データ"
SAMPLE_SENTENCE = "見本データ：この年度の内容は、試しに作った架空のものです。実際の報告ではありません。"
SAMPLE_ENDING = "_sample"


def is_sample(front_matter: dict) -> bool:
    """Whether the year is made up."""
    return bool(front_matter.get("sample"))
