"""The `softnpu` command."""

from __future__ import annotations

import argparse
import json
import os
import shlex
import sys
from collections.abc import Sequence
from typing import Any

from . import __version__


def _print_json(value: Any) -> int:
    print(json.dumps(value, indent=2))
    return 0


def _run(options: argparse.Namespace) -> int:
    # Python itself starts the script: __main__, sys.argv, sys.path and tracebacks are what they are without us, and
    # the environment carries migration into every process that the script starts.
    os.environ["TORCH_TRANSFER_TO_NPU"] = "1"
    os.environ["TORCH_DEVICE_BACKEND_AUTOLOAD"] = "1"
    target = ["-m", options.script] if options.module else [options.script]
    if not options.module and not os.path.exists(options.script):
        print(f"softnpu run: there is no file {options.script}", file=sys.stderr)
        return 2
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, *target, *options.args])


def _info(options: argparse.Namespace) -> int:
    from . import info

    if options.json:
        return _print_json(info.facts())
    from rich.console import Console

    info.show(Console())
    return 0


def _ops(options: argparse.Namespace) -> int:
    from . import ops

    found = ops.report(options.kind, options.pattern)
    if options.json:
        return _print_json(found)
    from rich.console import Console

    ops.show(Console(), found)
    return 0


def _env(options: argparse.Namespace) -> int:
    from . import cann

    variables = cann.environment()
    if options.json:
        return _print_json(variables)
    for name, value in variables.items():
        print(f"export {name}={shlex.quote(value)}")
    return 0


def _cann_home(options: argparse.Namespace) -> int:
    from . import cann

    print(cann.home())
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="softnpu", description="Run, train and test Ascend NPU PyTorch code on any machine."
    )
    parser.add_argument("--version", action="version", version=f"softnpu {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    def command(name, call, text, as_json=False):
        made = commands.add_parser(name, help=text, description=text)
        made.set_defaults(call=call)
        if as_json:
            made.add_argument("--json", action="store_true", help="print JSON")
        return made

    run = command("run", _run, "run a GPU script, unmodified, on the NPU")
    run.add_argument("-m", dest="module", action="store_true", help="SCRIPT is the name of a module, as python -m")
    run.add_argument("script", metavar="SCRIPT")
    run.add_argument("args", metavar="ARGS", nargs=argparse.REMAINDER)
    command("info", _info, "show the devices, their memory, the chip and versions", as_json=True)
    ops = command("ops", _ops, "list what runs natively, as a composite and on the CPU", as_json=True)
    ops.add_argument("pattern", nargs="?", default="*", help="part of a name, or a pattern as a shell's")
    ops.add_argument(
        "--kind",
        action="append",
        default=[],
        choices=("native", "composite", "fallback", "refused", "present", "missing"),
    )
    command("env", _env, "print what another client of CANN needs in its environment", as_json=True)
    command("cann-home", _cann_home, "print where the toolkit-shaped tree is")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        return options.call(options)
    except BrokenPipeError:  # `softnpu ops | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (OSError, RuntimeError) as error:
        print(f"softnpu: {error}", file=sys.stderr)
        return 1
