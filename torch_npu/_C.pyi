# What csrc/python binds. Its signatures are checked by the tests, not here: a second copy of them would go stale.
from typing import Any

def __getattr__(name: str) -> Any: ...
