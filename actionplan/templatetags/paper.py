"""What only paper shows."""

from django import template
from django.utils.safestring import SafeString

from actionplan.codes import code_inline

register = template.Library()


@register.filter
def qr_code(address: str) -> SafeString:
    """The address as a QR code, drawn within the page."""
    return code_inline(address)
