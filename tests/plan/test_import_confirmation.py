"""Between the preview of a file and its confirmation, and who may do either."""

import os
import re

import pytest

from actionplan.models import ActionItem
from tests.admin.pages import signed_in, viewer, with_rights
from tests.plan.files import ITEMS, confirm, confirmation, edited, export, page, table, upload, written

pytestmark = pytest.mark.django_db


def test_a_change_between_preview_and_confirmation_saves_nothing(clerk, items):
    lines = edited(clerk, 項目名="変更")
    lines.append(["", "試験計画", "3", "1", "3", "三つ目", "内容", "◎", "", ""])
    preview = upload(clerk, written(lines))
    ActionItem.objects.get(pk=items[1].pk).delete()
    assert "何も保存していません。" in page(confirm(clerk, preview))
    assert [item.name for item in ActionItem.objects.all()] == ["項目★◎"]


def test_confirming_twice_or_with_a_made_up_name_leads_back_to_the_beginning(clerk, items):
    preview = upload(clerk, written(edited(clerk, 項目名="変更")))
    confirm(clerk, preview)
    assert "もう一度ファイルを選んでください" in page(confirm(clerk, preview))
    form = {**confirmation(preview), "import_file_name": "../portal.sqlite3"}
    response = clerk.post(f"{ITEMS}process_import/", form, follow=True)
    assert "もう一度ファイルを選んでください" in page(response)
    response = clerk.post(f"{ITEMS}process_import/", {**form, "format": "99"}, follow=True)
    assert "もう一度ファイルを選んでください" in page(response)


def test_a_file_waits_where_nobody_else_reads_it_and_old_ones_go(clerk, items, settings):

    upload(clerk, written(edited(clerk, 項目名="変更")))
    folder = settings.VAR_DIR / "uploads"
    (waiting,) = [file for file in folder.iterdir() if file.stat().st_mtime > 1]
    assert (waiting.stat().st_mode & 0o777, folder.stat().st_mode & 0o777) == (0o600, 0o700)
    os.utime(waiting, (0, 0))
    upload(clerk, written(edited(clerk, 項目名="変更")))
    assert not waiting.exists()


def test_without_the_right_to_change_nothing_can_be_brought_in(clerk, items):
    preview = upload(clerk, written(edited(clerk, 項目名="変更")))
    for forger in (viewer(), with_rights("view_", "change_actionitem")):
        assert forger.get(f"{ITEMS}import/").status_code == 403
        assert upload(forger, b"x").status_code == 403
        assert confirm(forger, preview).status_code == 403
    assert "ファイルから取り込む" not in page(viewer().get(ITEMS))
    assert ActionItem.objects.get(pk=items[0].pk).name == "項目★◎"


def test_without_the_right_to_read_nothing_can_be_taken_out(items):
    stranger = signed_in(superuser=False)
    assert stranger.post(f"{ITEMS}export/", {"format": "0", "resource": "0"}).status_code == 403


def swapped(clerk):
    """The export with the numbers of its two items exchanged."""
    lines = table(export(clerk))
    place = lines[0].index("項目番号")
    lines[1][place], lines[2][place] = lines[2][place], lines[1][place]
    return written(lines)


def test_words_that_somebody_wrote_after_the_preview_are_shown_before_anything_is_saved(clerk, items):
    preview = upload(clerk, swapped(clerk))
    item = ActionItem.objects.get(pk=items[0].pk)
    item.content = "ほかの人が書いた内容"
    item.save()
    again = confirm(clerk, preview)
    assert "確認していただいた後に、内容が変わりました。もう一度、変更点を確認してください。" in page(again)
    assert '<del class="words">ほかの人が書いた内容</del>' in page(again)
    assert [item.number for item in ActionItem.objects.order_by("pk")] == [1, 2]
    assert ActionItem.objects.get(pk=items[0].pk).content == "ほかの人が書いた内容"
    confirm(clerk, again)
    assert [item.number for item in ActionItem.objects.order_by("pk")] == [2, 1]


def test_a_row_that_the_file_did_not_change_at_the_preview_is_not_taken_back_either(clerk, items):
    preview = upload(clerk, written(edited(clerk, 項目名="変更")))
    items[1].content = "ほかの人が書いた内容"
    items[1].save()
    assert "もう一度、変更点を確認してください。" in page(confirm(clerk, preview))
    assert ActionItem.objects.get(pk=items[1].pk).content == "ほかの人が書いた内容"


def test_a_refused_or_cancelled_file_does_not_stay_behind(clerk, items, settings):
    folder = settings.VAR_DIR / "uploads"
    upload(clerk, b"not a table")
    upload(clerk, written(edited(clerk, 主体="▲")))
    assert list(folder.iterdir()) == []
    preview = upload(clerk, written(edited(clerk, 項目名="変更")))
    form = {**confirmation(preview), "cancel": "やめる"}
    assert "何も保存していません。" in page(clerk.post(f"{ITEMS}process_import/", form, follow=True))
    assert list(folder.iterdir()) == []
    assert ActionItem.objects.get(pk=items[0].pk).name == "項目★◎"


def test_the_preview_keeps_old_and_new_apart(clerk, items):
    preview = page(upload(clerk, swapped(clerk)))
    assert '<del class="words">1</del> <span aria-hidden="true">→</span> <ins class="words">2</ins>' in preview


def test_the_exported_file_is_named_for_what_it_holds_and_its_day(clerk, items):
    answer = clerk.post(f"{ITEMS}export/", {"format": "0", "resource": "0"})
    assert re.search(r'"action_items_\d{4}-\d\d-\d\d\.csv"', answer["Content-Disposition"])
