"""The upload page: a look that stores nothing, then the import of the file that was looked at."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.integration.immunology.antibody_rows import D0, Study, make_study
from tests.integration.immunology.test_laboratory_files import failing_rows, stored
from tests.unit.immunology.laboratory_files import long_form, long_rows

pytestmark = pytest.mark.django_db
SAID = {"laboratory": "HLA Paris", "conjugate": "IgG", "treatment": "EDTA", "dilution": "1"}


@pytest.fixture
def study() -> Study:
    return make_study()


def sign_in(study: Study, user: object = None) -> Client:
    client = Client()
    client.force_login(user or study.laboratory, backend="django.contrib.auth.backends.ModelBackend")
    return client


def look(client: Client, rows: list[list[str]]) -> str:
    file = SimpleUploadedFile("run.csv", long_form(rows))
    answer = client.post(reverse("admin:immunology_seruminrun_add"), {**SAID, "file": file, "look": "1"})
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_file_is_looked_at_and_then_imported(study: Study) -> None:
    client, tube = sign_in(study), study.take(study.treated, D0, 0)

    page = look(client, [*long_rows(tube.code, ["120", "90"]), *long_rows("S-none", ["1", "2"])])
    seen = stored(study)
    packed = re.search(r'name="looked_at" value="([^"]+)"', page)
    assert packed is not None
    sent = client.post(
        reverse("admin:immunology_seruminrun_add"),
        {**SAID, "looked_at": packed[1], "import": "1"},
        follow=True,
    )

    assert "Nothing is stored yet" in page
    assert "S-none" in page
    assert seen == (0, 0, 0)
    assert stored(study) == (1, 2, 2)
    assert tube.code in sent.content.decode()


def test_a_file_that_was_changed_on_its_way_is_refused(study: Study) -> None:
    client = sign_in(study)

    answer = client.post(
        reverse("admin:immunology_seruminrun_add"), {**SAID, "looked_at": "forged", "import": "1"}
    )

    assert "choose it again" in answer.content.decode()
    assert stored(study) == (0, 0, 0)


def test_a_refused_file_offers_no_import(study: Study) -> None:
    page = look(sign_in(study), long_rows("S1", ["-5", "90"]))

    assert "a raw value is not below 0" in page
    assert 'name="import"' not in page


def test_a_failed_serum_can_be_asked_to_be_excused(study: Study) -> None:
    client, tube = sign_in(study), study.take(study.treated, D0, 0)
    packed = re.search(r'name="looked_at" value="([^"]+)"', look(client, failing_rows(tube.code)))
    assert packed is not None
    client.post(reverse("admin:immunology_seruminrun_add"), {**SAID, "looked_at": packed[1], "import": "1"})

    page = client.get(reverse("admin:immunology_seruminrun_changelist")).content.decode()

    assert "Counts nowhere" in page


def test_the_blinded_have_no_such_page(study: Study) -> None:
    assert sign_in(study, study.nurse).get(reverse("admin:immunology_seruminrun_add")).status_code == 403
