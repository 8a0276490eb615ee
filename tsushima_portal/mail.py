"""The settings of outgoing e-mail, read from the environment."""

from typing import NamedTuple

from django.core.exceptions import ImproperlyConfigured

from tsushima_portal import environment

CONSOLE = "django.core.mail.backends.console.EmailBackend"
SMTP = "django.core.mail.backends.smtp.EmailBackend"


class MailSettings(NamedTuple):
    """Where mails go: to the server, or only to the process's output."""

    backend: str
    host: str
    port: int
    user: str
    password: str
    tls: bool
    ssl: bool
    sender: str


def mail_settings() -> MailSettings:
    """What the EMAIL_ variables say; without EMAIL_HOST mails are only printed.

    Encrypted by STARTTLS unless told otherwise: EMAIL_USE_SSL from the first byte, EMAIL_USE_TLS=off not at all.
    Raises ImproperlyConfigured for what does not go together.
    """
    host, sender = environment.text("EMAIL_HOST"), environment.text("EMAIL_FROM")
    ssl = environment.flag("EMAIL_USE_SSL", default=False)
    tls = environment.flag("EMAIL_USE_TLS", default=not ssl)
    if tls and ssl:
        raise ImproperlyConfigured("EMAIL_USE_TLS と EMAIL_USE_SSL は、どちらか一つだけ on にしてください。")
    if host and not sender:
        raise ImproperlyConfigured("EMAIL_HOST を指定したときは、差出人のアドレスを EMAIL_FROM に指定してください。")
    return MailSettings(
        backend=SMTP if host else CONSOLE,
        host=host,
        port=environment.number("EMAIL_PORT", 465 if ssl else 587 if tls else 25),
        user=environment.text("EMAIL_HOST_USER"),
        password=environment.text("EMAIL_HOST_PASSWORD"),
        tls=tls,
        ssl=ssl,
        sender=sender or "portal@localhost",
    )
