from pathlib import Path

import pytest

from tests.house.test_permission_matrix import *  # noqa
from tests.house.test_permission_matrix import answers, as_text

for _name in [n for n in globals() if n.startswith("test_")]:
    del globals()[_name]

@pytest.mark.usefixtures("quickly")
def test_write(everything):
    Path("/tmp/matrix.txt").write_text(as_text(answers(everything)))
