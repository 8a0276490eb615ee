"""What depends on the database, and so runs on PostgreSQL too each time; everything runs on it with DB=both.

Locks and people at once, constraints and triggers of deletion, the one query of the trail over every table, search and
order, steps in bulk, composing and publishing, roles by migration: the same words may mean something else there. What
is read from a file or written into one, a page and its words do not.
"""

FOLDERS = ("management", "models", "publishing", "selectors", "trail")
FILES = (
    "test_permissions.py",
    "test_hosts.py",
    "test_public_copy.py",
    "test_replica.py",
    "test_standing.py",
    "admin/test_deleted.py",
    "admin/test_keeping.py",
    "admin/test_locking.py",
    "admin/test_numbers.py",
    "admin/test_odd.py",
    "admin/test_unlucky.py",
    "answers/test_answers_list.py",
    "answers/test_answers_queries.py",
    "answers/test_answers_simultaneous.py",
    "answers/test_one_way.py",
    "answers/test_statuses.py",
    "answers/test_steps.py",
    "answers/test_store.py",
    "inquiry/test_apply_answers.py",
    "inquiry/test_counts.py",
    "inquiry/test_simultaneous.py",
    "inquiry/test_split.py",
    "organisation/test_department.py",
    "organisation/test_holdings.py",
    "organisation/test_membership.py",
    "organisation/test_people.py",
    "organisation/test_people_queries.py",
    "organisation/test_people_simultaneous.py",
    "organisation/test_recording.py",
    "organisation/test_reorganise.py",
    "organisation/test_reorganise_merges.py",
    "organisation/test_reorganise_splits.py",
    "organisation/test_settle.py",
    "organisation/test_split_answers.py",
    "organisation/test_undo.py",
    "organisation/test_users_list.py",
    "plan/test_importing.py",
    "plan/test_large_plan.py",
    "plan/test_tree.py",
    "round/test_close_year.py",
    "round/test_open_year.py",
    "round/test_overtaken.py",
    "round/test_queries.py",
    "round/test_reminders_sent.py",
    "round/test_responses.py",
    "round/test_responses_last.py",
    "round/test_simultaneous.py",
    "samples",
    "scripts/test_kills.py",
    "scales/test_publishing.py",
    "figures/test_doors.py",
    "named",
    "plan/test_begin.py",
    "views/test_plans.py",
    "views/test_lineage.py",
    "backup/test_round_trip.py",
    "backup/test_upgrades.py",
    "voices/test_round_page.py",
    "voices/test_simultaneous.py",
    "views/test_search.py",
)


def depends_on_it(path: str) -> bool:
    """path: of a test file, from tests/ on, with /."""
    return path.split("/")[0] in FOLDERS or any(path == file or path.startswith(f"{file}/") for file in FILES)
