"""Middleware by wing: sessions, log-ins and form tokens live under /admin/ only; no public page can set a cookie."""

from collections.abc import Callable
from ipaddress import ip_address

from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render
from django_otp.middleware import OTPMiddleware

STAFF_WING, PARTNERS = "/admin/", "/partner/"
Handler = Callable[[HttpRequest], HttpResponse]


def is_staff_wing(request: HttpRequest) -> bool:
    """Whether the address lies in the staff wing."""
    return request.path_info.startswith(STAFF_WING)


def only(wing: Callable[[HttpRequest], bool], middleware: type) -> type:
    """The middleware, passed by for requests outside the wing."""

    class Only(middleware):
        def __call__(self, request: HttpRequest) -> HttpResponse:
            return super().__call__(request) if wing(request) else self.get_response(request)

        def process_view(self, request: HttpRequest, *args) -> HttpResponse | None:
            parent = getattr(super(), "process_view", None)
            return parent(request, *args) if parent and wing(request) else None

    Only.__name__ = Only.__qualname__ = middleware.__name__
    return Only


StaffSession = only(is_staff_wing, SessionMiddleware)
StaffCsrf = only(is_staff_wing, CsrfViewMiddleware)
StaffAuthentication = only(is_staff_wing, AuthenticationMiddleware)
StaffSecondFactor = only(is_staff_wing, OTPMiddleware)
StaffMessages = only(is_staff_wing, MessageMiddleware)
# Compressing pages that carry form tokens or unpublished texts would invite BREACH; public pages hold no secret.
# Photographs are compressed already.
UNCOMPRESSED = (STAFF_WING, PARTNERS, "/evidence/")
PublicGZip = only(lambda request: not request.path_info.startswith(UNCOMPRESSED), GZipMiddleware)


def head_without_body(get_response: Handler) -> Handler:
    """Answers HEAD with the headers of GET and no body, which gunicorn would otherwise warn about."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.method == "HEAD" and not response.streaming:
            length = len(response.content)
            response.content = b""
            response.headers["Content-Length"] = str(length)
        return response

    return answer


# What no page of ours asks a browser for.
FEATURES = ("camera", "microphone", "geolocation", "payment", "usb", "browsing-topics")
SEALS = {
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in FEATURES),
    "Cross-Origin-Resource-Policy": "same-origin",
}


def sealed(get_response: Handler) -> Handler:
    """Tells the browser what no page may do, and that nothing of ours is a part of another site's page."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        for name, value in SEALS.items():
            response.headers.setdefault(name, value)
        return response

    return answer


def within_staff_networks(get_response: Handler) -> Handler:
    """Shows the staff wing only to the networks of STAFF_NETWORKS, where any are named; a partner's page to everybody.

    REMOTE_ADDR is the client's own address: the front of script/server sees to that, also behind a trusted proxy.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        if is_staff_wing(request) and settings.STAFF_NETWORKS and not _is_within(request.META.get("REMOTE_ADDR", "")):
            return render(request, "network.html", {"page_id": "E-403-N"}, status=403)
        return get_response(request)

    return answer


def _is_within(text: str) -> bool:
    try:
        address = ip_address(text)
    except ValueError:
        return False
    address = getattr(address, "ipv4_mapped", None) or address
    return any(address in network for network in settings.STAFF_NETWORKS)
