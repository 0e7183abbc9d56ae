"""The checks of every entry, without a database."""

import pytest
from django.core.exceptions import ValidationError

from trials.services.entries import check_correctable


def test_field_that_cannot_be_corrected_is_refused_with_a_code_of_its_own() -> None:
    """Not with that of an old version: the API would answer that somebody else changed the record."""
    with pytest.raises(ValidationError) as refusal:
        check_correctable({"source": "import"}, frozenset({"volume_ml"}))

    assert [error.code for error in refusal.value.error_dict["source"]] == ["not_correctable"]


def test_fields_that_can_be_corrected_pass() -> None:
    check_correctable({"volume_ml": 50}, frozenset({"volume_ml", "kit_number"}))
