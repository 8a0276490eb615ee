"""The portal as the sample years find it: the real report, published."""

import pytest

from actionplan.publishing.publish import publish


@pytest.fixture
def published(real_report):
    return publish(real_report, by=None)
