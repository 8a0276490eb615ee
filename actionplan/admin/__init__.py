"""The frame that the staff's rooms stand on."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin as ForModelAdmin
else:
    # What is mixed into a ModelAdmin is checked as a part of one, and mixed into inlines and its other kinds as well.
    ForModelAdmin = object
