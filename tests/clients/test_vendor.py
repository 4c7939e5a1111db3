"""The vendor's wheel as a client of our CANN: its quick cases, where `make vendor-check` has set it up."""

import importlib.util
from pathlib import Path

import pytest

path = Path(__file__).parent / "vendor" / "check.py"
spec = importlib.util.spec_from_file_location("vendor_check", path)
check = importlib.util.module_from_spec(spec)
spec.loader.exec_module(check)

QUICK = ("devices", "cnn_adam", "grad_scaler", "dropout", "printing")


@pytest.mark.skipif(not check.is_set_up(), reason="no wheel: `make vendor-check` installs it into build/vendor")
@pytest.mark.parametrize("name", QUICK)
def test_case(name):
    result = check.run(name, check.DEFAULT)
    assert not result["end"], check.tail(result)
