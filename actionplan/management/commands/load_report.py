"""manage.py load_report: reads the report of a fixture into an empty database, with history."""

from collections import Counter
from pathlib import Path

from django.conf import settings
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.serializers import deserialize
from django.core.serializers.base import DeserializationError, DeserializedObject
from django.db import DatabaseError, models, transaction

from actionplan.json_reader import UploadError, read_json
from actionplan.models import ActionItem, Measure, Plan, Policy, one_change

FIXTURE = settings.BASE_DIR / "fixtures" / "h21.json"
REASON = "原本の報告から取り込み"
NOTHING_SAVED = "何も保存していません。"
UNREADABLE = (DeserializationError, FieldDoesNotExist, DatabaseError, LookupError, TypeError, ValueError)


class Command(BaseCommand):
    """Loads everything or nothing; a database that has a plan stays as it is.

    What the check would ask about, and the original prints so, is called right by a file beside: h21-acknowledged.json.
    """

    help = "報告のファイルを、空のデータベースに読み込みます。"

    def add_arguments(self, parser: CommandParser) -> None:
        """The file, when it is not the real report."""
        parser.add_argument("path", nargs="?", type=Path, default=FIXTURE, help="読み込むファイル（JSON）")

    @transaction.atomic
    def handle(self, *, path: Path, **options) -> None:
        """Loads the file and says how much was in it."""
        if Plan.objects.exists():
            self.stdout.write("計画はすでに登録されています。何も変えていません。")
            return
        counts = load(path)
        if (acknowledged := path.with_name(f"{path.stem}-acknowledged.json")).exists():
            load(acknowledged)
        if not counts[Plan]:
            raise CommandError(f"{_name(path)} に計画が入っていません。{NOTHING_SAVED}")
        for plan in Plan.objects.all():
            _give_scale(plan, _name(path))
        self.stdout.write(
            f"{_name(path)} から、施策{counts[Policy]}件、取組{counts[Measure]}件、"
            f"項目{counts[ActionItem]}件を読み込みました。"
        )


def _name(path: Path) -> str:
    """fixtures/h21.json for a file of the project, the path as given for any other."""
    whole = path.resolve()
    return str(whole.relative_to(settings.BASE_DIR)) if whole.is_relative_to(settings.BASE_DIR) else str(path)


def load(path: Path) -> Counter[type[models.Model]]:
    """How many rows of each model were saved. Raises CommandError, with what to do, for a file that does not serve."""
    name = _name(path)
    counts: Counter[type[models.Model]] = Counter()
    for place, row in enumerate(_read(path, name), 1):
        try:
            [loaded] = deserialize("python", [row])
            with one_change(reason=REASON, source_file=name):
                _save(loaded)
        except ValidationError as error:
            raise CommandError(f"{name} の{place}件目：{_sentence(loaded.object, error)}{NOTHING_SAVED}") from error
        except UNREADABLE as error:
            raise CommandError(f"{name} の{place}件目を読めません（{error!r}）。{NOTHING_SAVED}") from error
        counts[type(loaded.object)] += 1
    return counts


def _give_scale(plan: Plan, name: str) -> None:
    """Makes sure that the plan has a scale: its own of the file, or the usual one. Raises CommandError."""
    with one_change(reason=REASON, source_file=name):
        plan.take_default_scale()
        plan.add_unset()
    if faults := plan.scale.faults():
        raise CommandError(f"{name} の「{plan}」の進捗区分：{''.join(faults)}{NOTHING_SAVED}")


def _read(path: Path, name: str) -> list:
    """The rows of the file. Raises CommandError for a file that is missing or is not a list in JSON."""
    try:
        rows = read_json(path.read_bytes())
    except OSError as error:
        raise CommandError(f"{name} を開けません。ファイルの場所と名前を確かめてください。") from error
    except UploadError as error:
        raise CommandError(f"{name} の{error}{NOTHING_SAVED}") from error
    if not isinstance(rows, list):
        raise CommandError(f"{name} は、行の一覧（[ ] で囲んだJSON）ではありません。{NOTHING_SAVED}")
    return rows


def _save(row: DeserializedObject) -> None:
    """Saves like a form, not raw: values are checked and each row gets its history, marks included."""
    row.object.full_clean()
    row.object.save()
    for field, values in (row.m2m_data or {}).items():
        getattr(row.object, field).set(values)


def _sentence(row: models.Model, error: ValidationError) -> str:
    """The error's sentences, each with the Japanese name of its field."""
    names = {field.name: f"「{field.verbose_name}」" for field in row._meta.fields}
    pairs = error.message_dict.items()
    return "".join(f"{names.get(field, '')}{message}" for field, messages in pairs for message in messages)
