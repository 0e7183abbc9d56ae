import pytest
from tests.house.test_permission_matrix import MATRIX, answers, as_text
from tests.one_of_everything import make_everything
@pytest.mark.django_db
def test_write():
    text = as_text(answers(make_everything()))
    MATRIX.write_text(MATRIX.read_text().splitlines()[0] + "\n" + text)
