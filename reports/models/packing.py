"""A column of bytes that keeps large snapshots packed and gives them back as they were."""

from typing import Any

from django.db import models

from reports.rules.packing import BROKEN, packed, unpacked


class SnapshotField(models.BinaryField):
    """The canonical JSON of a snapshot. In the database it is a column of bytes like any other: migrations know no more."""

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        kept = None if value is None else packed(bytes(value))
        return super().get_db_prep_value(kept, connection, prepared)

    def from_db_value(self, value: Any, _expression: Any, _connection: Any) -> bytes | None:
        """Packed bytes that somebody changed are given back as they are: their hash tells, and other rows can be read."""
        try:
            return None if value is None else unpacked(bytes(value))
        except BROKEN:
            return bytes(value)

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.BinaryField", args, kwargs
