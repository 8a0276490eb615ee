"""The pages of related departments and partners in a browser: accessible at every width; a partner's whole way."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from actionplan.models import Department, Partner, State, Voice
from actionplan.publishing.publish import publish
from actionplan.voices.links import make_link
from actionplan.voices.saving import confirm, hand_in, lock
from tests import factories
from tests.browser.test_accessibility import problems

WIDTHS = (1280, 768, 320)


@pytest.fixture
def partner(published):
    """A partner with one item of the real report, beside a related department whose text is published."""
    report = published.report
    status = report.statuses.filter(item__actors__symbol="★").first()
    partner, office = Partner.objects.create(name="見本の自治会"), factories.make_user()
    factories.make_voice(status, partner=partner)
    related = factories.make_department("見本の関係課")
    voice = factories.make_voice(status, department=related, text="見本：貸した。")
    with transaction.atomic():
        hand_in(lock(Voice.objects.filter(pk=voice.pk)), by=office, reason="提出")
    voice.refresh_from_db()
    confirm({voice.pk: voice.revision}, by=office)
    publish(report, by=None, note="見本：関係課の文を載せた。")
    token = make_link(partner, report, timezone.localdate() + timedelta(days=3), by=office)
    partner.address, partner.item = f"/partner/{token}/", f"/items/{status.item.public_id}/"
    partner.policy = f"/reports/2009/policies/{status.item.measure.policy.number}/"
    return partner


def test_axe_finds_nothing_on_a_partners_page_or_beside_published_texts(visit, partner):
    for address in (partner.address, "/partner/nothing/", partner.item, partner.policy):
        page = visit(address, java_script_enabled=True, bypass_csp=True)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            assert problems(page) == [], (address[:12], width)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (address[:12], width)


@pytest.mark.parametrize("address", ["/admin/round/2009/voices/", "/admin/round/2009/voices/{partner}/"])
def test_axe_finds_nothing_on_the_offices_pages(log_in, partner, address):
    page = log_in(address.format(partner=partner.pk))
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    assert problems(page) == []


def test_axe_finds_nothing_on_the_page_of_a_related_department(enter, partner):
    department = Department.objects.get(name="見本の関係課")
    Voice.objects.filter(department=department).update(state=State.DRAFT)
    head = factories.make_person("課長", departments=[department])
    page = enter(head, f"/admin/answers/2009/{department.pk}/related/", java_script_enabled=True)
    assert problems(page) == []


def test_a_partner_writes_saves_and_hands_in_without_script_cookie_or_other_host(visit, partner, live_server):
    page = visit(partner.address, width=375)
    page.fill("textarea", "見本：掃除をした。")
    page.click("button:has-text('保存する')")
    assert "保存しました" in page.inner_text("main")
    page.click("button:has-text('提出する')")
    assert "提出を受け付けました" in page.inner_text("h1")
    assert page.context.cookies() == []
    assert all(address.startswith(live_server.url) for address in page.asked)
    assert Voice.objects.get(partner=partner).state == State.SUBMITTED
