"""How long the staff's pages take with twenty departments and a thousand items, and how often each asks the database.

    .venv/bin/python -m benchmarks.staff_pages [items]

Makes a database of its own and throws it away. Ratios are to Django's own list of groups, timed in the same run.
"""

import sys
from statistics import median
from time import perf_counter

from benchmarks.own_database import own_database

DEPARTMENTS, ROUNDS = 20, 5


def build(items: int) -> dict[str, object]:
    """Two years of the plan, its items dealt out to the departments; the accounts that look at them."""
    from django.contrib.auth.models import Group

    from actionplan.models import ActionItem, YearlyStatus
    from tests import factories

    last, report = factories.make_report(fiscal_year=2024), factories.make_report(fiscal_year=2025)
    factories.make_tree(last, items)
    departments = [factories.make_department(f"試験第{number}課") for number in range(1, DEPARTMENTS + 1)]
    every = list(ActionItem.objects.order_by("pk"))
    for index, item in enumerate(every):
        item.lead_department = departments[index * DEPARTMENTS // len(every)]
    ActionItem.objects.bulk_update(every, ["lead_department"], batch_size=500)
    text = "関係する団体と話し合い、年度の後半から取り組みました。" * 4
    YearlyStatus.objects.filter(report=last).update(text=text, progress="done", state="confirmed")
    states = ("not_started", "draft", "submitted", "returned", "confirmed")
    YearlyStatus.objects.bulk_create(
        YearlyStatus(report=report, item=item, department=item.lead_department, text=text, state=states[index % 5])
        for index, item in enumerate(every)
    )
    clerk = factories.make_user(superuser=False, username="clerk")
    clerk.groups.set(Group.objects.filter(name="課長"))
    departments[0].members.add(clerk)
    return {"office": factories.make_user(username="office"), "clerk": clerk, "department": departments[0]}


def addresses(scene: dict) -> list[tuple[str, str]]:
    """Who looks at which page; the first is what the others are compared with."""
    department = scene["department"].pk
    return [
        ("office", "/admin/auth/group/"),
        ("office", "/admin/"),
        ("clerk", "/admin/"),
        ("clerk", "/admin/answers/"),
        ("clerk", f"/admin/answers/2025/{department}/"),
        ("office", "/admin/actionplan/yearlystatus/"),
        ("office", "/admin/round/2025/"),
        ("office", f"/admin/round/2025/{department}/"),
        ("office", "/admin/round/open/"),
        ("office", f"/admin/inquiry/2025/{department}.xlsx"),
        ("office", "/admin/inquiry/2025/upload/"),
        ("office", "/admin/trail/"),
        ("office", f"/admin/departments/{department}/reorganise/"),
        ("office", "/admin/people/import/"),
        ("office", "/admin/auth/user/"),
        ("office", "/admin/actionplan/annualreport/2/publish/"),
    ]


def main() -> None:
    """Prints a line a page."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    scene = build(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
    clients = {name: Client() for name in ("office", "clerk")}
    for name, client in clients.items():
        client.force_login(scene[name])
    first = None
    for name, address in addresses(scene):
        client, times = clients[name], []
        for _ in range(ROUNDS):
            with CaptureQueriesContext(connection) as asked:
                start = perf_counter()
                answer = client.get(address)
                size = len(b"".join(answer) if answer.streaming else answer.content)
                times.append(perf_counter() - start)
        first = first or median(times)
        taken = f"{median(times) * 1000:7.0f} ms  ratio {median(times) / first:6.1f}"
        print(f"{name:7} {address:46} {answer.status_code} {len(asked):3} queries {taken}  {size / 1024:6.0f} KiB")


if __name__ == "__main__":
    with own_database(statics=True):
        main()
