"""What every computer of one portal must have in common, kept where all of them look: in the database."""

from django.db import models


class Installation(models.Model):
    """The portal that the database is; one row.

    key: a mark of the secret key, from which it cannot be found. folder: what the shared folder's marker says.
    """

    key = models.CharField(max_length=64)
    folder = models.CharField(max_length=32)

    class Meta:
        verbose_name = verbose_name_plural = "設置"
        default_permissions = ()

    def __str__(self) -> str:
        return self.folder
