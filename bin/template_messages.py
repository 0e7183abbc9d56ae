"""Babel's way into Django's templates (babel.cfg): Django's own lexer turns a template into calls, Babel reads the calls."""

from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from typing import IO, Any, cast

from babel.messages.extract import extract_javascript
from django.utils.translation.template import templatize


def extract_django(
    file: IO[bytes], keywords: Mapping[str, Any], comment_tags: Sequence[str], options: dict[str, Any]
) -> Iterator[tuple[Any, ...]]:
    """The texts of `translate`, `blocktranslate` and `_("…")`, as Babel wants them.

    What `templatize` writes is no Python: text of the page becomes a row of X. The reader of JavaScript takes that.
    """
    source = templatize(file.read().decode())
    yield from extract_javascript(BytesIO(source.encode()), keywords, comment_tags, cast(Any, options))
