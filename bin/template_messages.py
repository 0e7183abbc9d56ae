"""Babel extraction from Django's templates (babel.cfg).

Django's lexer turns a template into calls, and Babel reads these.
"""

from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from typing import IO, Any, cast

from babel.messages.extract import extract_javascript
from django.utils.translation.template import templatize


def extract_django(
    file: IO[bytes], keywords: Mapping[str, Any], comment_tags: Sequence[str], options: dict[str, Any]
) -> Iterator[tuple[Any, ...]]:
    """The texts of `translate`, `blocktranslate` and `_("…")`, as Babel expects them.

    The output of `templatize` is not Python: text of the page becomes a row of X. Babel's JavaScript reader accepts it.
    """
    source = templatize(file.read().decode())
    yield from extract_javascript(BytesIO(source.encode()), keywords, comment_tags, cast(Any, options))
