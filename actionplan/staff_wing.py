"""The staff wing put together: every room's lists on the site, and every room's own pages in the front page's order.

Imported once when the application is ready: Django loads the site before the models, and a list that registered itself
then would land on a site that is thrown away.
"""

from typing import cast

from django.contrib import admin

from actionplan.admin import components
from actionplan.admin.site import PortalAdminSite
from actionplan.answers import admin as answers_admin
from actionplan.answers import correction, waiting
from actionplan.answers import pages as answers
from actionplan.checks import pages as checks
from actionplan.evidence import pages as evidence
from actionplan.inquiry import pages as inquiry
from actionplan.inquiry import preview_page
from actionplan.login import gate, office_pages, single_sign_on
from actionplan.login import pages as login
from actionplan.organisation import account_admin, department_admin, people_pages, reorganise_pages
from actionplan.past import check_page
from actionplan.past import pages as past
from actionplan.plan import admin as plan_admin
from actionplan.plan import begin_pages, figure_table, first_year, named_admin
from actionplan.publishing import approval_pages, edition_admin, removal
from actionplan.publishing import pages as publishing
from actionplan.round import (
    department_page,
    head_link,
    plan_changes,
    reading_queue,
    remind_page,
    reminders,
    return_mail,
    voices_page,
    year_pages,
)
from actionplan.round import pages as round_pages
from actionplan.trail import pages as trail
from actionplan.trail import security
from actionplan.voices import related_page

# Each has urls(guarded) and may have front_links(request); the links of the front page stand in this order.
OWN_PAGES = (
    components,
    login,
    office_pages,
    single_sign_on,
    waiting,
    answers,
    related_page,
    evidence,
    checks,
    reorganise_pages,
    people_pages,
    year_pages,
    round_pages,
    voices_page,
    approval_pages,
    publishing,
    removal,
    correction,
    remind_page,
    department_page,
    reading_queue,
    head_link,
    plan_changes,
    inquiry,
    preview_page,
    past,
    check_page,
    trail,
    begin_pages,
    first_year,
)
# Importing them put their lists on the site.
LISTS = (plan_admin, figure_table, named_admin, answers_admin, edition_admin, department_admin, account_admin)


def connect() -> None:
    """Gives the site its own pages and its gate; called once when the application is ready."""
    site = cast(PortalAdminSite, admin.site)
    site.own_pages, site.gate, site.login_form = OWN_PAGES, gate.gate, login.LoginForm
    site.first_year = first_year.on_the_front
    gate.connect()
    reminders.workbook_of = inquiry.attached_workbook
    return_mail.connect()
    office_pages.connect()
    single_sign_on.connect()
    security.connect()
