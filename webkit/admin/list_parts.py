"""What higher apps add above any list: buttons, such as to save it as a file, and the person's own views of it."""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest

ToolsOf = Callable[[Any, HttpRequest], Mapping[str, Any]]
_tools: list[ToolsOf] = []


def list_tools(function: ToolsOf) -> ToolsOf:
    """Register a function of page and request that returns what the template of lists shows above the rows."""
    _tools.append(function)
    return function


def tools_of(page: Any, request: HttpRequest) -> dict[str, Any]:
    """Everything that is shown above a list for this person."""
    found: dict[str, Any] = {}
    for function in _tools:
        found.update(function(page, request))
    return found
