"""Setting attributes of other people's modules and classes so that all of it can be taken back."""

import functools
import inspect
import sys

import torch

_ABSENT = object()


class Patches:
    """What was set, in order. `undo` restores each attribute that still holds what was set here.

    Not for use from two threads at once; the functions it installs are.
    """

    def __init__(self):
        self._set = []
        self._replaced = {}  # id of a function -> (the function, what stands in its place)

    def set(self, owner, name, value):
        """Set `owner.name`. An attribute that `owner` only inherits is deleted again by `undo`."""
        before = vars(owner).get(name, _ABSENT)
        setattr(owner, name, value)
        self._set.append((owner, name, before, value))

    def replace(self, owners, name, make):
        """Set `name` of each owner to `make(function)`: one replacement for one function, however many hold it."""
        for owner in owners:
            function = getattr(owner, name)
            _, replacement = self._replaced.get(id(function), (None, None))
            if replacement is None:
                replacement = make(function)
                if inspect.ismodule(owner):  # C functions have a name that pickle cannot find
                    replacement.__module__, replacement.__qualname__ = owner.__name__, name
                self._replaced[id(function)] = (function, replacement)
                builtin = torch.jit._builtins._find_builtin(function)
                if builtin:  # TorchScript knows its functions by identity
                    torch.jit._builtins._register_builtin(replacement, builtin)
            self.set(owner, name, replacement)

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
                function, replacement = self._replaced.get(id(value), (None, None))
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
        for _, replacement in self._replaced.values():
            torch.jit._builtins._get_builtin_table().pop(id(replacement), None)
        self._set.clear()
        self._replaced.clear()


# Where C functions, which have no signature, take the parameter by position too.
_POSITIONS = {
    "to": {"device": 1},
    "_parse_to": {"device": 0},
    "pin_memory": {"device": 1},
    "is_pinned": {"device": 1},
    "type": {"dtype": 1},
}


def _positions(function, parameters):
    try:
        names = list(inspect.signature(function).parameters)
    except ValueError:
        return _POSITIONS.get(function.__name__, {})
    return {name: names.index(name) for name in parameters if name in names}


def _converting(function, parameters):
    positions = _positions(function, parameters)
    converters = [(name, parameters[name], positions.get(name, sys.maxsize)) for name in parameters]

    @functools.wraps(function)
    def migrated(*args, **kwargs):
        for name, convert, position in converters:
            if name in kwargs:
                kwargs[name] = convert(kwargs[name])
            elif position < len(args):
                args = (*args[:position], convert(args[position]), *args[position + 1 :])
        return function(*args, **kwargs)

    return migrated
