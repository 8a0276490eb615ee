"""Why an edition is not made; each message is the Japanese sentence for the person."""


class PublishRefused(ValueError):
    """Raised when an edition cannot be made."""


class NothingChanged(PublishRefused):
    """Raised when the draft says what the last edition already says."""
