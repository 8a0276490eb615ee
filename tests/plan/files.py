"""Taking the plan out as a file and bringing it in again, as a clerk does."""

import csv
from io import StringIO

from django.core.files.uploadedfile import SimpleUploadedFile

ITEMS = "/admin/actionplan/actionitem/"
FORMATS = {"csv": "0", "xlsx": "1"}


def export(clerk, ending="csv", address=ITEMS):
    response = clerk.post(f"{address}export/", {"format": FORMATS[ending], "resource": "0"})
    assert response.status_code == 200
    return response.content


def table(data):
    return list(csv.reader(StringIO(data.decode("utf-8-sig"), newline="")))


def written(lines):
    stream = StringIO(newline="")
    csv.writer(stream).writerows(lines)
    return stream.getvalue().encode()


def upload(clerk, data, name="計画.csv", address=ITEMS):
    file = SimpleUploadedFile(name, data)
    return clerk.post(f"{address}import/", {"import_file": file, "resource": "0"})


def confirmation(preview):
    """What the preview's form sends, as the page holds it."""
    form = preview.context["confirm_form"]
    return {name: form[name].value() for name in form.fields if form[name].value() is not None}


def confirm(clerk, preview, address=ITEMS):
    return clerk.post(f"{address}process_import/", confirmation(preview), follow=True)


def edited(clerk, **cells):
    """The exported table with cells of the first record changed, and its columns by name."""
    lines = table(export(clerk))
    for column, value in cells.items():
        lines[1][lines[0].index(column)] = value
    return lines


def page(response):
    return response.content.decode()
