"""Two operators that only the CPU has, whatever the NPU learns: `torch.ops.falls.j0` and `j1`, with out= forms."""

import torch

_LIBRARY = torch.library.Library("falls", "DEF")
for _name, _f in (("j0", torch.special.bessel_j0), ("j1", torch.special.bessel_j1)):
    _LIBRARY.define(f"{_name}(Tensor x) -> Tensor")
    _LIBRARY.define(f"{_name}.out(Tensor x, *, Tensor(a!) out) -> Tensor(a!)")
    _LIBRARY.impl(_name, _f, "CPU")
    _LIBRARY.impl(f"{_name}.out", lambda x, out, f=_f: f(x, out=out), "CPU")
