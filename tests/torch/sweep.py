"""PyTorch's operator database on the NPU: every sample forward and backward against the CPU.

    python tests/torch/sweep.py                  all of op_db, both figures, the failures
    python tests/torch/sweep.py --part 2/5       a fifth
    python tests/torch/sweep.py --ops 'fft.*'    operators whose name matches, with their failures in full

A sample passes when the NPU gives what the CPU gives, within OpInfo's tolerances for the dtype, or refuses
what the CPU refuses. It is native when no operator of it fell back to the CPU. Operators run in worker processes: a
crash or a hang costs its operator alone. REASONS names what is known to differ.
"""

import argparse
import collections
import dataclasses
import itertools
import json
import os
import re
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

DTYPES = ("float32", "float16", "bfloat16", "int64", "bool")
SAMPLES = 10
DEADLINE = 180.0  # seconds an operator may take

# Contents are what the allocator had there.
UNINITIALIZED = re.compile(r"(new_)?empty(_like|_strided|_permuted)?$|resize_?$|resize_as_?$")

# Operators some of whose tensors belong on the CPU.
HOST_ARGUMENTS = re.compile(r"tensor_split$")

# Operator (a pattern on its full name) -> why its samples may differ. Each is counted as failed all the same.
REASONS: dict[str, str] = json.loads((Path(__file__).parent / "sweep_reasons.json").read_text())


# The worker: one operator at a time, asked for by its index on standard input.


def _flat(value: Any) -> list[Any]:
    from torch.utils._pytree import tree_flatten

    return tree_flatten(value)[0]


def _tolerances(op: Any) -> dict[Any, dict[str, float]]:
    """OpInfo's own for this operator, by dtype: the widest that one of PyTorch's tests uses. Others have the default."""
    from torch.testing._internal.common_device_type import toleranceOverride

    out: dict[Any, dict[str, float]] = {}
    for decorator in op.decorators:
        for override in getattr(decorator, "decorators", [decorator]):
            if not isinstance(override, toleranceOverride):
                continue
            for dtype, t in override.d.items():
                known = out.setdefault(dtype, {"rtol": 0.0, "atol": 0.0})
                out[dtype] = {"rtol": max(known["rtol"], t.rtol), "atol": max(known["atol"], t.atol)}
    return out


def _same(got: Any, want: Any, values: bool, tolerances: dict[Any, dict[str, float]]) -> None:
    import torch

    got, want = _flat(got), _flat(want)
    assert len(got) == len(want), f"{len(got)} results, the CPU gives {len(want)}"
    for g, w in zip(got, want):
        if not isinstance(w, torch.Tensor):
            if values and isinstance(w, (int, float, complex, bool)):
                torch.testing.assert_close(g, w, equal_nan=True)
            continue
        assert isinstance(g, torch.Tensor), f"{type(g).__name__}, the CPU gives a tensor"
        assert g.device.type == "npu", f"the result is on {g.device}"
        assert g.dtype == w.dtype, f"dtype {g.dtype}, the CPU gives {w.dtype}"
        assert g.shape == w.shape, f"shape {tuple(g.shape)}, the CPU gives {tuple(w.shape)}"
        assert g.layout == w.layout, f"layout {g.layout}, the CPU gives {w.layout}"
        if values and w.layout == torch.strided and not w.is_quantized:
            torch.testing.assert_close(g.cpu(), w, equal_nan=True, **tolerances.get(w.dtype, {}))


def _moved(sample: Any, device: str, host_arguments: bool = False) -> Any:
    """A copy of the sample on `device`: samples of in-place operators may be written to."""
    import torch

    def move(x: Any) -> Any:
        if isinstance(x, torch.Tensor):
            grad = x.requires_grad
            y = x.detach().to(device, copy=True)
            return y.requires_grad_() if grad else y
        if isinstance(x, torch.device) or x == "cpu":
            return torch.device(device)
        return x

    import torch.utils._pytree as pytree

    moved = sample.transform(lambda x: x)
    moved.input = pytree.tree_map(move, moved.input)
    if not host_arguments:
        moved.args, moved.kwargs = pytree.tree_map(move, (moved.args, dict(moved.kwargs)))
    return moved


def _run(op: Any, sample: Any, backward: bool) -> Any:
    """The operator's results, and the gradients of its inputs."""
    import torch

    torch.manual_seed(1)
    out = op(sample.input, *sample.args, **sample.kwargs)
    results = [x.detach() if isinstance(x, torch.Tensor) else x for x in _flat(out)]
    grads: list[Any] = []
    if backward:
        if sample.output_process_fn_grad:
            out = sample.output_process_fn_grad(out)
        outs = [x for x in _flat(out) if isinstance(x, torch.Tensor) and x.requires_grad]
        leaves = _flat((sample.input, sample.args, sample.kwargs))
        leaves = [x for x in leaves if isinstance(x, torch.Tensor) and x.requires_grad]
        if outs and leaves:
            seeds = [torch.linspace(0.5, 1.5, x.numel()).reshape(x.shape).to(x.dtype).to(x.device) for x in outs]
            grads = [g for g in torch.autograd.grad(outs, leaves, seeds, allow_unused=True) if g is not None]
    return results, grads


def _try(op: Any, sample: Any, backward: bool) -> tuple[Any, Exception | None]:
    try:
        return _run(op, sample, backward), None
    except Exception as error:  # noqa: BLE001: any refusal is a result here
        return None, error


def _check(op: Any, sample: Any, backward: bool) -> tuple[str | None, bool]:
    """What is wrong with this sample (None: nothing), and whether it ran without a fallback."""
    import torch_npu

    want, refused = _try(op, _moved(sample, "cpu"), backward)
    if refused and backward:
        return _check(op, sample, False)
    values = not UNINITIALIZED.match(op.name) and (refused is not None or not _draws(op, sample))
    before = sum(torch_npu._C.fallback_counts().values())
    npu = _moved(sample, "npu", bool(HOST_ARGUMENTS.match(op.name)))
    got, error = _try(op, npu, backward)
    native = sum(torch_npu._C.fallback_counts().values()) == before
    if refused:
        return (None if error else "the CPU refuses it: " + _line(refused)), native
    if error:
        return _line(error), native
    try:
        _same(got, want, values, _tolerances(op))
    except Exception as difference:
        return _line(difference), native
    return None, native


def _draws(op: Any, sample: Any) -> bool:
    """Whether an operator in it takes numbers from a generator: the device draws others from the same seed."""
    import torch
    from torch.utils._python_dispatch import TorchDispatchMode

    class Watch(TorchDispatchMode):
        seen = False

        def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            before = torch.get_rng_state()
            result = func(*args, **(kwargs or {}))
            self.seen |= not torch.equal(before, torch.get_rng_state())
            return result

    with Watch() as watch:
        _try(op, _moved(sample, "cpu"), False)
    return watch.seen


def _line(error: Exception) -> str:
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text[:300]}"


def work() -> None:
    import warnings

    import torch

    import torch_npu

    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    from torch.testing._internal.common_methods_invocations import op_db

    print(json.dumps({"ready": [op.full_name for op in op_db]}), flush=True)
    for request in sys.stdin:
        op = op_db[int(request)]
        for name in DTYPES:
            dtype = getattr(torch, name)
            if not op.supports_dtype(dtype, "cpu"):
                continue
            print(json.dumps({"at": name}), flush=True)
            backward = op.supports_autograd and dtype in op.supported_backward_dtypes("cpu")
            result: dict[str, Any] = {"dtype": name, "samples": 0, "passed": 0, "native": 0, "failures": []}
            torch.manual_seed(0)
            try:
                samples = list(itertools.islice(op.sample_inputs("cpu", dtype, requires_grad=backward), SAMPLES))
            except Exception as error:
                result["failures"].append([-1, "no samples: " + _line(error)])
                samples = []
            for i, sample in enumerate(samples):
                wrong, native = _check(op, sample, backward)
                result["samples"] += 1
                result["passed"] += wrong is None
                result["native"] += wrong is None and native
                if wrong:
                    result["failures"].append([i, wrong])
            print(json.dumps(result), flush=True)
        fell = sorted(torch_npu._C.fallback_counts())
        print(json.dumps({"done": op.full_name, "fallbacks": fell}), flush=True)


# The parent.


@dataclasses.dataclass
class Outcome:
    """One operator's results."""

    name: str
    samples: int = 0
    passed: int = 0
    native: int = 0
    failures: list[str] = dataclasses.field(default_factory=list)
    fallbacks: list[str] = dataclasses.field(default_factory=list)
    seconds: float = 0.0


class Worker:
    """A process that runs operators; replaced after a crash or a hang."""

    def __init__(self) -> None:
        env = dict(os.environ, OMP_NUM_THREADS="1", SOFTNPU_FALLBACK=os.environ.get("SOFTNPU_FALLBACK", "silent"))
        command = [sys.executable, "-P", __file__, "--worker"]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=env
        )
        self.buffer = b""
        self.names: list[str] = self.read(300)["ready"]
        self.seen: set[str] = set()

    def read(self, seconds: float) -> dict[str, Any]:
        """The next line; TimeoutError when none comes, EOFError when the process ended."""
        assert self.process.stdout
        end = time.monotonic() + seconds
        while b"\n" not in self.buffer:
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.process.stdout], [], [], left)[0]:
                raise TimeoutError
            chunk = os.read(self.process.stdout.fileno(), 1 << 16)
            if not chunk:
                raise EOFError
            self.buffer += chunk
        line, self.buffer = self.buffer.split(b"\n", 1)
        try:
            return json.loads(line)
        except ValueError:  # a library's own print
            return self.read(end - time.monotonic())

    def run(self, index: int) -> Outcome:
        assert self.process.stdin
        outcome, at, begin = Outcome(self.names[index]), "", time.monotonic()
        self.process.stdin.write(f"{index}\n".encode())
        self.process.stdin.flush()
        try:
            while True:
                line = self.read(DEADLINE)
                if "at" in line:
                    at = line["at"]
                elif "done" in line:
                    outcome.fallbacks = [f for f in line["fallbacks"] if f not in self.seen]
                    self.seen.update(line["fallbacks"])
                    break
                elif "dtype" in line:
                    outcome.samples += line["samples"]
                    outcome.passed += line["passed"]
                    outcome.native += line["native"]
                    outcome.failures += [f"{line['dtype']} sample {i}: {why}" for i, why in line["failures"]]
        except (TimeoutError, EOFError) as error:
            outcome.samples += SAMPLES
            outcome.failures.append(f"{at}: {'hangs' if isinstance(error, TimeoutError) else 'crashes'}")
            self.close()
        outcome.seconds = time.monotonic() - begin
        return outcome

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def close(self) -> None:
        self.process.kill()
        self.process.wait()


def sweep(part: int = 0, parts: int = 1, pattern: str = ".*", jobs: int = 2) -> Iterator[Outcome]:
    """Runs the operators whose index is `part` modulo `parts` and whose full name matches; yields as they end."""
    import concurrent.futures
    import queue

    first = Worker()
    chosen = [i for i, name in enumerate(first.names) if i % parts == part and re.fullmatch(pattern, name)]
    idle: queue.SimpleQueue[Worker | None] = queue.SimpleQueue()
    idle.put(first)
    for _ in range(jobs - 1):
        idle.put(None)

    def run(index: int) -> Outcome:
        worker = idle.get()
        if worker is None or not worker.alive:
            worker = Worker()
        try:
            return worker.run(index)
        finally:
            idle.put(worker)

    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for future in concurrent.futures.as_completed([pool.submit(run, i) for i in chosen]):
            yield future.result()
    while not idle.empty():
        if worker := idle.get():
            worker.close()


def reason(name: str) -> str | None:
    """Why an operator is known to differ, if it is."""
    return next((why for pattern, why in REASONS.items() if re.fullmatch(pattern, name)), None)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", default="0/1", help="K/N: the operators whose index is K modulo N")
    parser.add_argument("--ops", default=".*", help="a regular expression on the operator's full name")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--json", help="write every outcome here")
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.worker:
        work()
        return 0
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    part, parts = (int(x) for x in args.part.split("/"))
    outcomes = []
    console = Console()
    with Progress(TextColumn("op_db"), MofNCompleteColumn(), TimeElapsedColumn(), console=console) as progress:
        task = progress.add_task("op_db", total=None)
        for outcome in sweep(part, parts, args.ops, args.jobs):
            outcomes.append(outcome)
            progress.advance(task)
            for failure in outcome.failures if args.ops != ".*" else outcome.failures[:2]:
                console.print(f"{outcome.name}: {failure}", markup=False, highlight=False)
    if args.json:
        Path(args.json).write_text(json.dumps([dataclasses.asdict(o) for o in outcomes], indent=1))
    samples = sum(o.samples for o in outcomes)
    passed, native = sum(o.passed for o in outcomes), sum(o.native for o in outcomes)
    fell = collections.Counter(f for o in outcomes for f in o.fallbacks)
    failed = [o for o in outcomes if o.failures]
    console.print(f"fell back: {' '.join(sorted(fell)) or 'nothing'}", highlight=False)
    console.print(f"operators with failures: {len(failed)} of {len(outcomes)}", highlight=False)
    unexplained = [o.name for o in failed if not reason(o.name)]
    console.print(f"without a reason: {' '.join(sorted(unexplained)) or 'none'}", highlight=False)
    for what, n in (("equal to the CPU", passed), ("with the fallback off", native)):
        console.print(f"{n} of {samples} samples {what}: {100 * n / max(samples, 1):.2f} %", highlight=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
