"""Counters for Prometheus, shared by the workers through small files; nothing is counted without METRICS_BIND."""

from typing import Any

from tsushima_portal import environment

IS_ON = bool(environment.text("PROMETHEUS_MULTIPROC_DIR"))
if IS_ON:
    from prometheus_client import Counter, Histogram

    LABELS = ["wing", "status"]
    REQUESTS: Any = Counter("portal_requests", "Requests by door and class of status.", LABELS)
    SECONDS: Any = Histogram("portal_request_seconds", "Seconds until the answer, by door.", ["wing"])
    EVENTS: Any = Counter("portal_security_events", "Events of security by kind.", ["event"])
    READINGS: Any = Counter("portal_uploads_read", "Files read, by what became of the reading.", ["outcome"])


def count_request(wing: str, status: int, seconds: float) -> None:
    """Counts an answered request."""
    if IS_ON:
        REQUESTS.labels(wing, f"{status // 100}xx").inc()
        SECONDS.labels(wing).observe(seconds)


def count_event(event: str) -> None:
    """Counts an event of security."""
    if IS_ON:
        EVENTS.labels(event).inc()


def count_reading(outcome: str) -> None:
    """Counts a file that was read, or not."""
    if IS_ON:
        READINGS.labels(outcome).inc()
