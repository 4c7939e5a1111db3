"""Setting attributes of other people's modules and classes so that all of it can be taken back."""

import functools
import inspect
import sys
from collections.abc import Callable

import torch

_ABSENT = object()
# id of a function -> (the function, what stands in its place). Made once: TorchScript and torch.compile remember both.
_REPLACEMENTS: dict[int, tuple[Callable, Callable]] = {}


class Patches:
    """What was set, in order. `undo` restores each attribute that still holds what was set here.

    Not for use from two threads at once; the functions it installs are.
    """

    def __init__(self):
        self._set = []

    def set(self, owner, name, value):
        """Set `owner.name`. An attribute that `owner` only inherits is deleted again by `undo`."""
        before = vars(owner).get(name, _ABSENT)
        setattr(owner, name, value)
        self._set.append((owner, name, before, value))

    def replace(self, owners, name, make):
        """Set `name` of each owner to `make(function)`: one replacement for one function, however many hold it."""
        for owner in owners:
            function = getattr(owner, name)
            if id(function) not in _REPLACEMENTS:
                replacement = make(function)
                if inspect.ismodule(owner):  # C functions have a name that pickle cannot find
                    replacement.__module__, replacement.__qualname__ = owner.__name__, name
                builtin = torch.jit._builtins._find_builtin(function)
                if builtin:  # TorchScript knows its functions by identity
                    torch.jit._builtins._register_builtin(replacement, builtin)
                _REPLACEMENTS[id(function)] = (function, replacement)
            self.set(owner, name, _REPLACEMENTS[id(function)][1])

    def convert(self, owners, name, parameters):
        """Replace a function by one that first converts the named parameters."""
        self.replace(owners, name, lambda function: _converting(function, parameters))

    def rebind(self):
        """Reach the modules outside PyTorch that imported a replaced function by name."""
        for module in list(sys.modules.values()):
            names = getattr(module, "__dict__", None)
            if not names or str(names.get("__name__")).partition(".")[0] in ("torch", "torch_npu"):
                continue
            for name, value in list(names.items()):
                function, replacement = _REPLACEMENTS.get(id(value), (None, None))
                if function is not None and value is function:
                    self.set(module, name, replacement)

    def undo(self):
        for owner, name, before, value in reversed(self._set):
            if vars(owner).get(name) is not value:
                continue  # someone patched on top of it: theirs stays
            if before is _ABSENT:
                delattr(owner, name)
            else:
                setattr(owner, name, before)
        self._set.clear()


def tell_compiler():
    """torch.compile reads PyTorch's functions by name, once: whichever of the two it saw, it knows both afterwards."""
    rules = sys.modules.get("torch._dynamo.trace_rules")
    if rules is None:
        return
    known = rules.get_torch_obj_rule_map()
    for function, replacement in _REPLACEMENTS.values():
        rule = known.get(function, known.get(replacement))
        if rule is not None and not hasattr(replacement, "_dynamo_marked_constant"):
            known[function] = known[replacement] = rule


# Where C functions, which have no signature, take the parameter by position too.
_POSITIONS = {
    "to": {"device": 1},
    "_parse_to": {"device": 0},
    "pin_memory": {"device": 1},
    "is_pinned": {"device": 1},
    "type": {"dtype": 1},
}


def _signature(function, parameters):
    """(name, conversion, position or None, converted default or None) of each parameter to convert."""
    try:
        signature = inspect.signature(function).parameters
    except ValueError:
        positions = _POSITIONS.get(function.__name__, {})
        return [(name, convert, positions.get(name, sys.maxsize), None) for name, convert in parameters.items()]
    order = list(signature)
    found = []
    for name, convert in parameters.items():
        if name not in signature:
            continue  # a row names several functions, and not all have each parameter
        default = signature[name].default
        moved = convert(default) if isinstance(default, str) else default
        keyword_only = signature[name].kind is inspect.Parameter.KEYWORD_ONLY
        found.append(
            (name, convert, sys.maxsize if keyword_only else order.index(name), moved if moved != default else None)
        )
    return found


def _converting(function, parameters):
    converters = _signature(function, parameters)

    @functools.wraps(function)
    def migrated(*args, **kwargs):
        for name, convert, position, default in converters:
            if name in kwargs:
                kwargs[name] = convert(kwargs[name])
            elif position < len(args):
                args = (*args[:position], convert(args[position]), *args[position + 1 :])
            elif default is not None:  # left out, and CUDA by default
                kwargs[name] = default
        return function(*args, **kwargs)

    return migrated
