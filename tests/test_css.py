"""The style sheets: one a wing and medium, put together from one-subject files in which a class has one home."""

import re
from collections import defaultdict
from pathlib import Path

import pytest
import tinycss2
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.test import override_settings

from actionplan.publishing.publish import publish
from tsushima_portal.static import JoinedStaticFilesStorage

CSS = settings.BASE_DIR / "static" / "css"
SOURCES = sorted(CSS.rglob("*.css"))
WINGS = ("citizen", "staff")
# Where a name is given to a colour; every other rule uses the name.
RAW_COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl|oklch|lab)a?\(")


def _name(path: Path) -> str:
    return str(path.relative_to(CSS))


def _imports(path: Path) -> list[str]:
    return re.findall(r'^@import "([^"]+)";$', path.read_text(), re.MULTILINE)


def _rules(nodes):
    """Every rule with its selector, those within media and other conditions too."""
    for node in nodes:
        if node.type == "qualified-rule":
            yield node
        elif node.type == "at-rule" and node.content is not None and node.lower_at_keyword in ("media", "supports"):
            yield from _rules(tinycss2.parse_rule_list(node.content, skip_comments=True, skip_whitespace=True))


def _parsed(path: Path):
    return _rules(tinycss2.parse_stylesheet(path.read_text(), skip_comments=True, skip_whitespace=True))


def _owned_classes(path: Path) -> set[str]:
    """Classes that begin one of the file's selectors: the file says how they look wherever they stand."""
    selectors = (part for rule in _parsed(path) for part in tinycss2.serialize(rule.prelude).split(","))
    return {found[1] for part in selectors if (found := re.match(r"\s*\.([\w-]+)[^\s>+~]*\s*$", part))}


@pytest.mark.parametrize("path", SOURCES, ids=_name)
def test_a_sheet_is_short_and_narrow(path):
    lines = path.read_text().splitlines()
    assert len(lines) <= 400
    assert [line for line in lines if len(line) > 120] == []


@pytest.mark.parametrize("path", SOURCES, ids=_name)
def test_a_raw_colour_stands_only_where_it_gets_its_name(path):
    for rule in _parsed(path):
        for declaration in tinycss2.parse_blocks_contents(rule.content):
            if declaration.type == "declaration" and not declaration.name.startswith("--"):
                value = tinycss2.serialize(declaration.value)
                assert not RAW_COLOUR.search(value), f"{tinycss2.serialize(rule.prelude)} {declaration.name}: {value}"


@pytest.mark.parametrize("wing", WINGS)
def test_a_wings_sheet_only_imports_and_misses_none_of_its_files(wing):
    sheet = CSS / f"{wing}.css"
    imported = [(CSS / name).resolve() for name in _imports(sheet)]
    assert len(imported) == len(sheet.read_text().splitlines())
    assert all(path.is_file() for path in imported)
    assert {path for path in imported if path.parent == CSS / wing} == set((CSS / wing).glob("*.css"))


@pytest.mark.parametrize("wing", WINGS)
def test_a_class_has_one_home(wing):
    homes = defaultdict(list)
    for path in (CSS / wing).glob("*.css"):
        for name in _owned_classes(path):
            homes[name].append(path.name)
    assert {name: files for name, files in homes.items() if len(files) > 1} == {}


def test_classes_are_found_where_a_selector_begins(tmp_path):
    path = tmp_path / "a.css"
    path.write_text(".one { } .two:hover, p.no { } .three .four { } @media (width > 1px) { .five { } }")
    assert _owned_classes(path) == {"one", "two", "five"}


def _links(html: str) -> list[tuple[str, bool]]:
    """The style sheets that a page asks for, and whether for paper."""
    links = re.findall(r'<link rel="stylesheet" href="[^"]*/css/([^"]+)"([^>]*)>', html)
    return [(name, 'media="print"' in rest) for name, rest in links]


def test_a_public_page_asks_for_one_sheet_a_medium(client, real_report):
    publish(real_report, by=None)
    for address in ("/", "/reports/2009/", "/search/", "/no-such-page/"):
        html = client.get(address).content.decode()
        assert _links(html) == [("citizen.css", False), ("print.css", True)]
        assert html.count('rel="stylesheet"') == 2


def test_a_staff_page_asks_for_our_one_sheet_a_medium(admin_client):
    for address in ("/admin/", "/admin/round/", "/admin/actionplan/department/"):
        ours = [link for link in _links(admin_client.get(address).content.decode()) if "admin" not in link[0]]
        assert [link for link in ours if link[0].startswith("staff")] == [
            ("staff.css", False),
            ("staff-print.css", True),
        ]


@pytest.fixture(scope="module")
def collected(tmp_path_factory):
    """Static files, collected as for the city's server."""
    folder = tmp_path_factory.mktemp("static")
    storages = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "tsushima_portal.static.JoinedStaticFilesStorage"},
    }
    finders = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    with override_settings(STATIC_ROOT=folder, STORAGES=storages, STATICFILES_FINDERS=finders):
        call_command("collectstatic", interactive=False, verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        yield folder, staticfiles_storage


@pytest.mark.parametrize("wing", WINGS)
def test_collected_the_wings_sheet_holds_all_of_its_files_in_order(collected, wing):
    _, storage = collected
    sheet = Path(storage.path(storage.stored_name(f"css/{wing}.css"))).read_text()
    assert "@import" not in sheet
    ends = [sheet.find(_tail(CSS / name)) for name in _imports(CSS / f"{wing}.css")]
    assert -1 not in ends
    assert ends == sorted(ends)


def _tail(path: Path) -> str:
    return path.read_text().rstrip()[-60:]


def test_collected_a_sheet_has_a_name_of_its_own_and_a_compressed_copy(collected):
    folder, storage = collected
    name = storage.stored_name("css/citizen.css")
    assert re.fullmatch(r"css/citizen\.[0-9a-f]{12}\.css", name)
    assert (folder / f"{name}.gz").is_file()


def test_where_nothing_is_collected_pages_are_shown_without_their_style(tmp_path):
    with override_settings(STATIC_ROOT=tmp_path):
        assert JoinedStaticFilesStorage().url("css/citizen.css") == "/static/css/citizen.css"


def test_collected_a_name_that_is_none_is_a_fault_of_the_program(collected):
    _, storage = collected
    with pytest.raises(ValueError, match="citizzen"):
        storage.stored_name("css/citizzen.css")
