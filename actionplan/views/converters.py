"""Parts of an address; what does not match is a 404, before any database is asked."""


class FiscalYearConverter:
    """A year of four digits."""

    regex = r"[12]\d{3}"

    def to_python(self, value: str) -> int:
        """The year as a number."""
        return int(value)

    def to_url(self, value: int) -> str:
        """The year as written in an address."""
        return str(value)


class NumberConverter(FiscalYearConverter):
    """A number from 1 to 9999 without leading zeros."""

    regex = r"[1-9]\d{0,3}"


class FileFormatConverter:
    """The ending of a report file."""

    regex = r"csv|xlsx|pdf|txt"

    def to_python(self, value: str) -> str:
        """The ending as it stands."""
        return value

    to_url = to_python
