"""Sentences of refusal for forms, pages and the API."""
