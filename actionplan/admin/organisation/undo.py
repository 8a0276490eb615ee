"""組織改正の取消: a registered reorganisation taken back before its day, shown in full before it is done."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse

from actionplan.admin.organisation.reorganise_frame import framed, require_office
from actionplan.models import Department
from actionplan.organisation.reorganise import GroundMoved, ReorganisationRefused
from actionplan.organisation.undo import undo, undoing

MOVED = "確認していただいた後に、課や項目の内容が変わりました。まだ何も取り消していません。もう一度確かめてください。"


def undo_page(request: HttpRequest, pk: int) -> HttpResponse:
    """What would be put back, then the putting back. pk: a department that ends by the reorganisation."""
    require_office(request)
    if request.method != "POST":
        return _look(request, pk)
    try:
        done = undo(pk, by=request.user, seen=request.POST.get("seal", ""))
    except ReorganisationRefused:
        return _look(request, pk)
    except GroundMoved:
        messages.warning(request, MOVED)
        return _look(request, pk)
    messages.success(request, f"組織改正を取り消しました：{done.change}。")
    return HttpResponseRedirect(reverse("admin:actionplan_department_changelist"))


def _look(request: HttpRequest, pk: int) -> HttpResponse:
    known = {row.pk: row for row in Department.objects.all()}
    if pk not in known:
        raise Http404("この担当課はありません。")
    return framed(request, "undo", known[pk], heading="組織改正の取消", plan=undoing(pk, known))


def urls(door: Callable) -> list[URLPattern]:
    """The page's address."""
    return [path("departments/<int:pk>/undo/", door(undo_page), name="undo_reorganisation")]
