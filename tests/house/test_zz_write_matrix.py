from tests.house.test_permission_matrix import *
@pytest.mark.usefixtures("quickly")
@pytest.mark.django_db
def test_write(everything: Everything) -> None:
    MATRIX.write_text("# Every address × every role: the status of the answer (see test_permission_matrix.py).\n"+as_text(answers(everything)))
