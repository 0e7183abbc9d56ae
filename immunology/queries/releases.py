"""The table of antigens in use: the newest imported release, else the project's own."""

from immunology.models import ReferenceRelease
from immunology.rules.serology import COMPACT, Serology, serology_of_release


def serology_named(*, name: str | None) -> Serology | None:
    """The table of a release, `None` when there is none of this name.

    Without a name: the one imported last, or our own.
    """
    if name == COMPACT.release:
        return COMPACT
    rows = ReferenceRelease.objects.order_by("-imported_at", "-pk")
    row = (rows.filter(name=name) if name else rows).first()
    if row is None:
        return None if name else COMPACT
    content = row.content
    return serology_of_release(
        row.name, content["antigen_of"], content["parent_of"], content.get("group_of", {})
    )
