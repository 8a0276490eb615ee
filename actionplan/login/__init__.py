"""Who comes in: limits on wrong passwords, first passwords, the second factor, sessions; and what is told of each."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest

from tsushima_portal.logs import told as told

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
