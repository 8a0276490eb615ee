"""Who comes in: limits on wrong passwords, first passwords, the second factor, sessions; and what is told of each."""

import ipaddress
import logging

from django.conf import settings
from django.http import HttpRequest

log = logging.getLogger("portal.security")
# A provider gives a household, or a whole office, as many addresses as this network of IPv6 has.
NETWORK = 64


def address_of(request: HttpRequest) -> str | None:
    """The address that the request came from, of IPv6 its network's; None where it is not known.

    A proxy's word is taken only where TRUST_PROXY says so: of X-Forwarded-For what the nearest proxy added.
    """
    said = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.TRUST_PROXY else ""
    for text in (said.rpartition(",")[2].strip(), request.META.get("REMOTE_ADDR", "")):
        try:
            address = ipaddress.ip_address(text)
        except ValueError:
            continue
        if isinstance(address, ipaddress.IPv4Address):
            return str(address)
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((int(address), NETWORK), strict=False).network_address)
    return None


def told(event: str, request: HttpRequest | None = None, **facts: object) -> None:
    """Tells the security log of an event: login, login_failed, login_locked, …; facts hold no secret and no text."""
    if request is not None:
        user = getattr(request, "user", None)
        facts = {"user": user.pk if user is not None else None, "address": address_of(request)} | facts
    words = " ".join(f"{name}={value!r}" for name, value in facts.items() if value is not None)
    log.info("%s %s", event, words, extra={"event": event, "facts": facts})
