"""Former secret keys stay known when the environment names them: workbooks that are out are still the portal's own."""

import pytest

from tests.processes import run_python

START = "import django; django.setup(); from django.core.signing import Signer; print(Signer(salt='照会票')"
OLD, NEW = "old-" * 20, "new-" * 20


@pytest.fixture
def var(tmp_path):
    return tmp_path / "var"


def signed(var) -> str:
    """A text under the signature of the old key."""
    return run_python(var, "-c", f"{START}.sign('文'))", SECRET_KEY=OLD).stdout.strip()


def read(var, text: str, **variables: str) -> str:
    """What a process with the new key says about the signed text."""
    done = run_python(var, "-c", f"{START}.unsign({text!r}))", SECRET_KEY=NEW, **variables)
    return done.stdout.strip() or done.stderr


def test_what_an_old_key_signed_is_known_while_it_is_named(var):
    text = signed(var)
    assert read(var, text, SECRET_KEY_FALLBACKS=f" other, {OLD} ") == "文"
    assert "BadSignature" in read(var, text)
    assert "BadSignature" in read(var, text, SECRET_KEY_FALLBACKS="")
