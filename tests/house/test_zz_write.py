import pytest
from tests.house.test_permission_matrix import *
@pytest.mark.usefixtures("quickly")
def test_write(everything):
    open("/tmp/mx/matrix.txt","w").write(as_text(answers(everything)))
