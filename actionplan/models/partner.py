"""Partners (相手方): who carries an item out together with the city, outside the city hall."""

from django.db import models

from actionplan.models.base import RecordLineField, RecordModel, records


class Partner(RecordModel):
    """A residents' association, an NPO and the like, which may report on its items; nobody of it has an account."""

    name = RecordLineField("名前", max_length=100, unique=True, help_text="公表するページに、この名前で載ります。")
    email = models.EmailField(
        "連絡先のメールアドレス", blank=True, help_text="回答用のリンクを送る宛先です。公表しません。"
    )
    active = models.BooleanField(
        "回答を頼む", default=True, help_text="頼まなくなったら外します。送ったリンクも使えなくなります。"
    )
    history = records()

    class Meta:
        verbose_name = verbose_name_plural = "相手方"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
