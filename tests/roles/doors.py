"""Every door of the staff wing with who may pass it. A new address that is not named here fails the test.

Roles by letter: J 事務局, T 担当者, K 課長, P 公表権者, R 閲覧者, S the superuser, N staff without a role.
Closed accounts and strangers pass no door but the log-in.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

READERS = "JPRS"
OFFICE = "JS"
PUBLISHERS = "PS"
AUDITORS = "JRS"
WRITERS = "JTKS"
EVERYBODY = "JTKPRSN"
NOBODY = ""


@dataclass(frozen=True)
class Door:
    """An address with who may pass. name: of the address. passed: the answers that count as having passed."""

    name: str
    address: str
    who: str
    method: str = "get"
    data: dict = field(default_factory=dict)
    passed: tuple[int, ...] = (200, 302)
    refused: int = 403

    def __str__(self) -> str:
        return f"{self.method} {self.address}"


def get(name: str, address: str, who: str, **more) -> Door:
    """A page that is looked at."""
    return Door(name, address, who, **more)


def post(name: str, address: str, who: str, data: dict | None = None, **more) -> Door:
    """A form that is sent."""
    return Door(name, address, who, "post", data or {}, **more)


def both(name: str, address: str, who: str, data: dict | None = None, **more) -> list[Door]:
    """A page and the form on it, for the same people."""
    return [get(name, address, who, **more), post(name, address, who, data, **more)]


# The models that have lists and forms: where, an example's key, who reads, who writes, who deletes.
MODELS = (
    ("actionplan", "plan", "{plan}", READERS, OFFICE, OFFICE),
    ("actionplan", "policy", "{policy}", READERS, OFFICE, OFFICE),
    ("actionplan", "measure", "{measure}", READERS, OFFICE, OFFICE),
    ("actionplan", "actionitem", "{item}", READERS, OFFICE, OFFICE),
    ("actionplan", "figure", "{figure}", READERS, OFFICE, OFFICE),
    ("actionplan", "actortype", "{actor}", READERS, OFFICE, OFFICE),
    ("actionplan", "area", "{area}", READERS, OFFICE, OFFICE),
    ("actionplan", "tag", "{tag}", READERS, OFFICE, OFFICE),
    ("actionplan", "alikewords", "{alike}", READERS, OFFICE, OFFICE),
    ("actionplan", "department", "{own}", READERS, OFFICE, OFFICE),
    ("actionplan", "partner", "{partner}", READERS, OFFICE, OFFICE),
    ("actionplan", "annualreport", "{report}", READERS, OFFICE, OFFICE),
    ("actionplan", "yearlystatus", "{mine}", READERS + "TK", OFFICE, OFFICE),
    ("actionplan", "edition", "{edition}", READERS, NOBODY, NOBODY),
    ("auth", "user", "{account}", AUDITORS, OFFICE, NOBODY),
    ("auth", "group", "{group}", AUDITORS, "S", "S"),
)
FILES = ("policy", "measure", "actionitem", "figure", "department")


def model_doors() -> Iterator[Door]:
    """Lists, forms, deletions, histories of every model; files where there are some."""
    for app, model, pk, readers, writers, deleters in MODELS:
        name, base = f"{app}_{model}", f"/admin/{app}/{model}/"
        yield get(f"{name}_changelist", base, readers)
        yield from both(f"{name}_add", f"{base}add/", writers)
        yield get(f"{name}_change", f"{base}{pk}/change/", readers)
        yield post(f"{name}_change", f"{base}{pk}/change/", writers)
        yield from both(f"{name}_delete", f"{base}{pk}/delete/", deleters)
        # What is published has no history: its page leads to the edition, which asks again.
        yield get(f"{name}_history", f"{base}{pk}/history/", EVERYBODY if model == "edition" else readers)
        if model != "edition":
            yield get(f"{name}_simple_history", f"{base}{pk}/history/1/", EVERYBODY)
            yield post(f"{name}_simple_history", f"{base}{pk}/history/1/", NOBODY)
        if model in FILES:
            yield from both(f"{name}_import", f"{base}import/", writers)
            yield get(f"{name}_template", f"{base}template.xlsx", writers)
            yield post(f"{name}_process_import", f"{base}process_import/", writers)
            yield from both(f"{name}_export", f"{base}export/", readers, {"format": "0", "resource": "0"})


PORTAL = (
    get("index", "/admin/", EVERYBODY),
    get("components", "/admin/components/", EVERYBODY),
    get("app_list", "/admin/actionplan/", READERS + "TK", refused=404),
    get("plan-tree", "/admin/actionplan/plan/{plan}/tree/", READERS),
    get("first_year", "/admin/first-year/", "JPS"),
    *both("begin_plan", "/admin/plan/begin/", OFFICE),
    get("begin_template", "/admin/plan/begin/items.xlsx", OFFICE),
    *both("plan_lineage", "/admin/plan/{plan}/lineage/", OFFICE),
    get("statuses-download", "/admin/actionplan/yearlystatus/download/{report}.csv", READERS),
    get("edition-download", "/admin/actionplan/edition/{edition}/download.csv", READERS),
    post("actionplan_yearlystatus_changelist", "/admin/actionplan/yearlystatus/", WRITERS, {"_save": "保存"}),
    post("fill_year", "/admin/actionplan/annualreport/{report}/fill/", OFFICE),
    get("publish", "/admin/actionplan/annualreport/{report}/publish/", READERS),
    post("publish", "/admin/actionplan/annualreport/{report}/publish/", PUBLISHERS),
    get("preview", "/admin/actionplan/annualreport/{report}/preview/", READERS),
    # Whoever may ask may take back; the rest of what is decided there asks again.
    post("publish_decide", "/admin/actionplan/annualreport/{report}/publish/decide/", "JPS"),
    post(
        "confirm_withdrawal",
        "/admin/actionplan/annualreport/{report}/editions/1/confirm-withdrawal/",
        PUBLISHERS,
    ),
    *both("withdraw", "/admin/actionplan/annualreport/{report}/editions/1/withdraw/", PUBLISHERS, {"reason": "誤り"}),
    *both("remove", "/admin/actionplan/annualreport/{report}/remove/", PUBLISHERS, {"act": "look", "words": "誤り"}),
    *both("auth_user_password_change", "/admin/auth/user/{account}/password/", OFFICE),
    get("trail", "/admin/trail/", "JTKRS"),
    get("trail_csv", "/admin/trail/csv/", "JTKRS"),
)
ANSWERS = (
    get("answers", "/admin/answers/", WRITERS),
    get("evidence", "/admin/evidence/{mine}/", "JTKPRS"),
    post("evidence", "/admin/evidence/{mine}/", WRITERS, passed=(200, 302, 422)),
    get("evidence", "/admin/evidence/{theirs}/", READERS),
    post("evidence", "/admin/evidence/{theirs}/", OFFICE),
    get("evidence_file", "/admin/evidence/file/{file}", "JTKPRS"),
    get("evidence_file", "/admin/evidence/file/{secret}", READERS),
    get("answer_sheet", "/admin/answers/{year}/{own}/", "JTKPRS"),
    post("answer_sheet", "/admin/answers/{year}/{own}/", WRITERS),
    get("answer_sheet", "/admin/answers/{year}/{other}/", READERS),
    post("answer_sheet", "/admin/answers/{year}/{other}/", OFFICE),
    get("related_texts", "/admin/answers/{year}/{own}/related/", "JTKPRS"),
    post("related_texts", "/admin/answers/{year}/{own}/related/", WRITERS),
    get("related_texts", "/admin/answers/{year}/{other}/related/", READERS),
    post("related_texts", "/admin/answers/{year}/{other}/related/", OFFICE),
    get("inquiry_workbook", "/admin/inquiry/{year}/{own}.xlsx", WRITERS),
    get("inquiry_workbook", "/admin/inquiry/{year}/{other}.xlsx", OFFICE),
    get("inquiry_partner", "/admin/inquiry/{year}/partner/{partner}.xlsx", OFFICE),
    get("inquiry_zip", "/admin/inquiry/{year}.zip", OFFICE),
    *both("inquiry_upload", "/admin/inquiry/{year}/upload/", WRITERS, passed=(200, 422)),
    *both("inquiry_preview", "/admin/inquiry/{year}/upload/nothing/", WRITERS),
    post("inquiry_take", "/admin/inquiry/{year}/upload/take/", WRITERS),
    get("inquiry_marked", "/admin/inquiry/{year}/upload/nothing/marked.xlsx", WRITERS, passed=(404,)),
)
CORRECTION = (
    get("correct", "/admin/correct/?q=1-1-1", OFFICE),
    get("correct_published", "/admin/correct/published/{row}/", OFFICE),
    *both("correction", "/admin/correct/{mine}/", OFFICE),
)
CHECKS = (
    get("check_year", "/admin/checks/{year}/", READERS),
    post("check_year", "/admin/checks/{year}/", READERS),
    get("check_department", "/admin/checks/{year}/{own}/", "JTKPRS"),
    post("check_department", "/admin/checks/{year}/{own}/", "JTKPRS"),
    get("check_department", "/admin/checks/{year}/{other}/", READERS),
    post("check_department", "/admin/checks/{year}/{other}/", READERS),
)
ROUND = (
    get("round_front", "/admin/round/", READERS),
    get("round", "/admin/round/{year}/", READERS),
    get("round_department", "/admin/round/{year}/{own}/", READERS),
    post("round_department", "/admin/round/{year}/{own}/", OFFICE),
    *both("round_queue", "/admin/round/{year}/queue/?department={own}", OFFICE),
    *both("round_confirm", "/admin/round/{year}/confirm/", OFFICE),
    get("voices", "/admin/round/{year}/voices/", READERS),
    post("voices", "/admin/round/{year}/voices/", OFFICE),
    *both("partner_link", "/admin/round/{year}/voices/{partner}/", OFFICE),
    *both("partner_texts", "/admin/round/{year}/voices/{partner}/texts/", OFFICE),
    *both("round_remind", "/admin/round/{year}/remind/", OFFICE),
    *both("ask_head", "/admin/round/{year}/{own}/ask/", WRITERS),
    *both("ask_head", "/admin/round/{year}/{other}/ask/", OFFICE),
    *both("round_plan", "/admin/round/{year}/plan/", OFFICE),
    *both("round_announce", "/admin/round/{year}/announce/", OFFICE),
    *both("open_year", "/admin/round/open/", OFFICE),
    *both("close_year", "/admin/round/{year}/close/", OFFICE),
    *both("deadline", "/admin/round/{year}/deadline/", OFFICE),
    *both("reorganise", "/admin/departments/{own}/reorganise/", OFFICE),
    *both("undo_reorganisation", "/admin/departments/{own}/undo/", OFFICE),
    get("leftovers", "/admin/departments/leftovers/", OFFICE),
    post("settle", "/admin/departments/settle/", OFFICE),
    *both("people_import", "/admin/people/import/", OFFICE),
    get("people_list", "/admin/people/list.csv", OFFICE),
    get("people_switch", "/admin/people/close/?person={account}", OFFICE),
    post("people_switch", "/admin/people/close/", OFFICE, {"person": "{account}"}),
    *both("start_password", "/admin/people/{account}/start-password/", OFFICE),
)
LOGIN = (
    *both("second_factor", "/admin/second-factor/", EVERYBODY),
    *both("second_factor_set", "/admin/second-factor/set/", EVERYBODY),
    *both("second_factor_codes", "/admin/second-factor/codes/", NOBODY),
    *both("confirm", "/admin/confirm/", EVERYBODY),
    *both("own_logins", "/admin/own-logins/", EVERYBODY),
    get("login_locks", "/admin/login-locks/", OFFICE),
    post("lift_lock", "/admin/login-locks/{lock}/lift/", OFFICE),
    get("lift_lock", "/admin/login-locks/{lock}/lift/", NOBODY),
    *both("second_factor_reset", "/admin/people/{account}/second-factor/", OFFICE),
)
PAST = (
    *both("past", "/admin/past/", OFFICE, passed=(200, 422)),
    *both("past_table", "/admin/past/nothing/table/", OFFICE),
    *both("past_columns", "/admin/past/nothing/columns/", OFFICE),
    *both("past_check", "/admin/past/nothing/check/", OFFICE),
    *both("past_discard", "/admin/past/1/nothing/discard/", OFFICE),
    *both("past_undo", "/admin/past/{report}/undo/", OFFICE),
)
# Django's own, as a chooser or a window of its own asks for them.
HELPERS = (
    get("password_change", "/admin/password_change/", EVERYBODY),
    get("password_change_done", "/admin/password_change/done/", EVERYBODY),
    get("autocomplete", "/admin/autocomplete/?app_label=actionplan&model_name=yearlystatus&field_name=item", READERS),
    get("actionplan_department_add", "/admin/actionplan/department/add/?_popup=1&_to_field=id", OFFICE),
    get("actionplan_yearlystatus_change", "/admin/actionplan/yearlystatus/{theirs}/change/?_popup=1", READERS),
)
DOORS = (*PORTAL, *ANSWERS, *CORRECTION, *CHECKS, *ROUND, *LOGIN, *PAST, *HELPERS, *model_doors())
# Open to strangers, to whoever is logged in, or to nobody: they show nothing of the portal's.
# The last only leads to public pages.
OUTSIDE = {
    *(
        "login",
        "logout",
        "jsi18n",
        "forgotten",
        "forgotten_set",
        "approve",
        "single_sign_on",
        "single_sign_on_back",
        "view_on_site",
    ),
}
