"""Parsing of JSON requests."""

import json
from collections.abc import Mapping
from typing import IO, Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser


class WholeTextParser(JSONParser):
    """JSON whose text is whole, and that is not nested deeper than it can be read.

    Half of a surrogate pair can be neither stored nor quoted in a refusal.
    """

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        try:
            data = super().parse(stream, media_type, parser_context)
        except RecursionError as error:
            raise ParseError(
                _("Body: it is nested too deeply to be read; nothing here needs that.")
            ) from error
        try:
            json.dumps(data, ensure_ascii=False).encode()
        except UnicodeEncodeError as error:
            raise ParseError(
                _("Body: it holds half of a surrogate pair (\\ud800 to \\udfff); send whole text.")
            ) from error
        return data
