"""deploy/: looked at by the programs that will read it, where they are here, and otherwise by what must stand in it."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from django.core.management import get_commands

from script.lib.serve.front import STOP
from script.lib.serve.keeper import END
from script.lib.serve.request import STAFF_BODY
from tests.processes import ROOT

DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("portal*"))
SITE = (DEPLOY / "nginx" / "portal.conf").read_text()
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
DOCKERFILE = (DEPLOY / "Dockerfile").read_text()
HARDENING = {
    "NoNewPrivileges": "yes",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "PrivateDevices": "yes",
    "CapabilityBoundingSet": "",
    "MemoryDenyWriteExecute": "yes",
    "RestrictNamespaces": "yes",
    "UMask": "0077",
    "User": "portal",
}


def unit(name: str) -> dict[str, list[str]]:
    """What a unit says, by name; the sections put together."""
    said: dict[str, list[str]] = {}
    for line in (DEPLOY / "systemd" / name).read_text().splitlines():
        if line and not line.startswith(("#", "[")):
            key, _, value = line.partition("=")
            said.setdefault(key, []).append(value)
    return said


def needs(program: str) -> str:
    """Where the program lies; the test is passed over, and says so, where it is not installed."""
    return shutil.which(program) or pytest.skip(f"not checked: {program} is not installed")


@pytest.fixture
def units_here(tmp_path) -> list[Path]:
    """The units as they would stand here: this folder, a program and a user that exist."""
    here = {"/srv/portal/script/server": "/bin/true", "/srv/portal/deploy/task": "/bin/true", "/srv/portal": str(ROOT)}
    for path in UNITS:
        text = path.read_text()
        for theirs, ours in here.items():
            text = text.replace(theirs, ours)
        (tmp_path / path.name).write_text(re.sub(r"(?m)^(User|Group)=.*", r"\1=daemon", text))
    return sorted(tmp_path.iterdir())


def test_systemd_reads_the_units_without_a_complaint(units_here):
    done = subprocess.run(
        [needs("systemd-analyze"), "verify", *units_here], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
    assert [line for line in done.stderr.splitlines() if "/portal" in line] == []


@pytest.mark.parametrize("name", ["portal.service", "portal-task@.service"])
def test_systemd_finds_little_that_a_service_could_reach(units_here, name):
    path = next(path for path in units_here if path.name == name)
    path = path.rename(path.with_name(name.replace("@", "")))
    done = subprocess.run(
        [needs("systemd-analyze"), "security", "--offline=true", "--threshold=15", path],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-300:]


@pytest.mark.parametrize("name", ["portal.service", "portal-task@.service"])
def test_services_are_closed(name):
    said = unit(name)
    assert {key: said[key] for key in HARDENING} == {key: [value] for key, value in HARDENING.items()}


def test_the_service_may_do_what_gunicorn_does_to_its_sockets():
    assert unit("portal.service")["SystemCallFilter"] == ["@system-service", "~@privileged", "@chown"]


def test_the_service_never_gives_up_and_leaves_time_to_finish():
    said = unit("portal.service")
    assert said["StartLimitIntervalSec"] == ["0"]
    assert said["Restart"] == ["always"]
    assert said["KillMode"] == ["mixed"]
    assert int(said["TimeoutStopSec"][0]) > END > STOP
    assert said["ExecReload"] == said["ExecStart"]


def test_every_timer_calls_a_task_that_there_is_and_every_task_commands_that_there_are():
    task = (DEPLOY / "task").read_text()
    timers = [path for path in UNITS if path.suffix == ".timer"]
    assert len(timers) == 4
    for path in timers:
        (called,) = unit(path.name)["Unit"]
        (name,) = re.findall(r"portal-task@(\w+)\.service", called)
        assert re.search(rf"(?m)^  {name}\)", task)
    assert set(re.findall(r"manage (\w+)", task)) <= get_commands().keys()


def test_a_task_that_is_none_is_refused_in_words():
    done = subprocess.run([DEPLOY / "task", "dance"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "backup、verify、reminders、clean" in done.stderr


REQUEST = "req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=x -keyout key -out crt"


def test_nginx_reads_the_site(tmp_path):
    program = needs("nginx")
    subprocess.run([needs("openssl"), *REQUEST.split(" ")], cwd=tmp_path, check=True, capture_output=True)
    site = SITE.replace("/etc/nginx/tls/plan.example.jp.", f"{tmp_path}/").replace("/var/cache/nginx", str(tmp_path))
    site = re.sub(r"(?m)^    listen \[::\].*", "", site)
    (tmp_path / "site").write_text(re.sub(r"listen (80|443)", r"listen 127.0.0.1:\g<1>80", site))
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    places = "".join(f"{kind}_temp_path {tmp_path}/{kind}; " for kind in kinds)
    conf = f"pid {tmp_path}/pid; events {{}} http {{ access_log off; {places} include {tmp_path}/site; }}"
    (tmp_path / "conf").write_text(conf)
    command = [program, "-t", "-e", "stderr", "-p", tmp_path, "-c", tmp_path / "conf"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def location(name: str) -> str:
    """What the site says in a location."""
    begin = SITE.index(f"    location {name} {{")
    return SITE[begin : SITE.index("\n    }", begin)]


def test_the_site_is_written_whole():
    plain = re.sub(r'"[^"]*"|#.*', "", SITE)
    assert plain.count("{") == plain.count("}")
    assert [line for line in plain.splitlines() if line.strip() and line.strip()[-1] not in "{};"] == []


def test_what_the_portal_believes_is_overwritten_by_nginx():
    headers = dict(re.findall(r"proxy_set_header (\S+) (\S+);", SITE))
    assert headers["X-Forwarded-For"] == "$remote_addr"
    assert headers["X-Forwarded-Proto"] == "$scheme"
    assert all(headers[name] == '""' for name in ("Forwarded", "X-Real-IP", "X-Forwarded-Ssl", "X-Forwarded-Protocol"))
    # One in a location would take the place of all of them there.
    assert "proxy_set_header" not in "".join(location(name) for name in ("/", "/admin/", "/partner/"))


@pytest.mark.parametrize("name", ["/admin/", "/partner/"])
def test_nothing_of_staff_and_partners_is_kept(name):
    assert "proxy_cache off;" in location(name)
    assert f"client_max_body_size {STAFF_BODY // 1024 // 1024}m;" in location(name)


def test_log_ins_are_limited_and_a_withdrawn_page_is_not_shown_while_the_portal_answers():
    assert "zone=login" in location("/admin/")
    assert "access_log off;" in location("/partner/")
    assert "proxy_cache_use_stale error timeout;" in location("/")


def test_nginx_has_a_page_of_its_own_with_japanese_words_for_each_case():
    page, cases = (DEPLOY / "nginx" / "sorry.html").read_text(), re.search(r"error_page ([\d ]+) /sorry.html;", SITE)
    assert cases
    assert cases[1].split() == [*sorted(re.findall(r"status = (\d+)", page)), "502", "504"]
    assert "ssi on;" in location("= /sorry.html")
    assert page.count('set var="words"') == page.count('set var="title"') == 3
    assert '<html lang="ja">' in page


def test_hadolint_finds_nothing():
    program = needs("hadolint")
    # Versions of Debian's packages go with the image.
    done = subprocess.run([program, "--ignore", "DL3008", DEPLOY / "Dockerfile"], capture_output=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_image_is_not_roots_and_brings_what_the_pdf_needs():
    assert re.findall(r"(?m)^USER (\S+)", DOCKERFILE) == ["10001:10001"]
    assert DOCKERFILE.index("USER ") < DOCKERFILE.index("CMD [")
    packages = re.search(r"PDF_PACKAGES=\((.*)\)", (ROOT / "script" / "lib" / "packages.sh").read_text())
    assert packages
    assert all(name in DOCKERFILE for name in packages[1].split())
    ignored = (DEPLOY / "Dockerfile.dockerignore").read_text().split()
    assert {"var", ".venv", ".git", "deploy/portal.env"} <= {*ignored}


def test_compose_runs_the_portal_on_a_root_that_nobody_can_write_to():
    portal = COMPOSE["services"]["portal"]
    assert portal["read_only"] is True
    assert portal["cap_drop"] == ["ALL"]
    assert portal["volumes"] == [f"data:{portal['environment']['VAR_DIR']}"]
    assert portal["depends_on"]["db"]["condition"] == "service_healthy"
    assert all(port.startswith("127.0.0.1:") for port in portal["ports"])
    assert "ports" not in COMPOSE["services"]["db"]
    assert int(portal["stop_grace_period"].rstrip("s")) > END


def test_compose_itself_reads_the_file():
    program = needs("docker")
    if subprocess.run([program, "compose", "version"], capture_output=True, check=False).returncode:
        pytest.skip("not checked: docker compose is not installed")
    done = subprocess.run(
        [program, "compose", "-f", DEPLOY / "compose.yaml", "config", "--no-env-resolution", "--quiet"],
        env={"POSTGRES_PASSWORD": "x", "PATH": "/usr/bin:/usr/local/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
