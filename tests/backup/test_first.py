"""Which places are filled: a fresh clone unasked, a chosen place when asked, one that held data never."""

import json

import pytest

from script.lib import first
from script.lib.first import Found, mark, refusal


@pytest.fixture(autouse=True)
def project(tmp_path, monkeypatch):
    """A project of its own, so that nothing is noted beside the real one."""
    monkeypatch.setattr(first, "ROOT", tmp_path)
    monkeypatch.setattr(first, "FILLED", tmp_path / ".installed")
    (tmp_path / "var").mkdir()
    return tmp_path


def found(var, **changes):
    """A fresh clone that is started without any variable."""
    facts = {"database": "portal.sqlite3", "filled": False, "inside": True, "chosen": False}
    return Found(var=var, **{**facts, "asked": False, **changes})


CHOSEN = {"chosen": True}


def test_a_fresh_clone_is_filled_unasked(project):
    assert refusal(found(project / "var")) == ""


def test_what_any_start_leaves_is_no_data(project):
    for name in ("secret_key", "portal.sqlite3", "portal.sqlite3-wal", ".restore-x"):
        (project / "var" / name).touch()
    (project / "var" / "evidence").mkdir()
    assert refusal(found(project / "var")) == ""


@pytest.mark.parametrize("database", ["inside", "outside"])
def test_a_chosen_place_is_filled_when_asked(project, database):
    facts = {**CHOSEN, "inside": database == "inside"}
    assert "script/server --first" in refusal(found(project / "var", **facts))
    assert refusal(found(project / "var", **facts, asked=True)) == ""
    assert refusal(found(project / "not there", **facts, asked=True)) == ""
    assert refusal(found(project / "not there", **facts))


def test_an_installation_of_before_goes_on_unasked(project):
    (project / "var" / "static").mkdir()
    (project / "var" / "static" / "x.css").touch()
    for facts in ({"inside": True}, {"inside": False, **CHOSEN}, CHOSEN):
        assert refusal(found(project / "var", filled=True, **facts)) == ""


def test_an_installation_of_before_that_lost_its_database_is_not_filled(project):
    (project / "var" / "static").mkdir()
    (project / "var" / "static" / "x.css").touch()
    assert "ファイルが残っています" in refusal(found(project / "var"))
    assert refusal(found(project / "var", asked=True)) == ""


@pytest.mark.parametrize("asked", [False, True])
@pytest.mark.parametrize("facts", [{}, CHOSEN, {"inside": False, **CHOSEN}])
def test_a_place_that_lost_its_database_is_never_filled(project, asked, facts):
    mark(project / "var", "postgresql db/plan")
    said = refusal(found(project / "var", asked=asked, **facts))
    assert "postgresql db/plan" in said
    assert "manage.py restore" in said


@pytest.mark.parametrize("asked", [False, True])
@pytest.mark.parametrize("facts", [{}, CHOSEN, {"filled": True, "inside": False}])
def test_a_folder_that_was_filled_from_here_and_is_gone_is_never_filled(project, asked, facts):
    mark(project / "var", "portal.sqlite3")
    (project / "var" / first.MARKER).unlink()
    assert ".installed" in refusal(found(project / "var", asked=asked, **facts))
    (project / ".installed").unlink()
    assert refusal(found(project / "var")) == ""


def test_a_folder_that_is_gone_beside_a_database_with_data_is_told(project):
    facts = {**CHOSEN, "filled": True, "inside": False}
    assert "写真・資料" in refusal(found(project / "var", **facts))
    # Another computer at the same database begins with an empty folder.
    assert refusal(found(project / "var", **facts, asked=True)) == ""


def test_a_marked_place_with_its_data_starts(project):
    mark(project / "var", "portal.sqlite3")
    for facts in ({}, CHOSEN, {"inside": False, **CHOSEN}):
        assert refusal(found(project / "var", filled=True, **facts)) == ""


def test_a_damaged_mark_is_a_mark(project):
    (project / "var" / first.MARKER).write_text("{")
    assert refusal(found(project / "var", asked=True))


def test_a_mark_keeps_its_day_when_the_database_moves(project):
    mark(project / "var", "portal.sqlite3")
    since = json.loads((project / "var" / first.MARKER).read_text())["since"]
    mark(project / "var", "postgresql db/plan")
    facts = json.loads((project / "var" / first.MARKER).read_text())
    assert facts == {"database": "postgresql db/plan", "since": since}


def test_folders_are_remembered_beside_the_project_and_those_of_a_trial_are_not(project, tmp_path_factory, monkeypatch):
    data, trial = tmp_path_factory.mktemp("data"), tmp_path_factory.mktemp("trial")
    monkeypatch.setattr(first.tempfile, "gettempdir", lambda: str(trial))
    for var in (data, trial, project / "var", data):
        mark(var, "portal.sqlite3")
    assert sorted((project / ".installed").read_text().split()) == sorted([str(data), str(project / "var")])
