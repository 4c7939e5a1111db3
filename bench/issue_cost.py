"""What it costs the host to issue a small operator on the NPU, against running it on stock CPU.

    python bench/issue_cost.py [--threads 1] [--rounds 40]

"issue" is the time until the call returns; the queue is drained outside the clock. "and wait" adds a synchronize.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

import torch
from pairs import alternate, bound, machine, seconds

CALLS = 500  # less than a stream's queue holds: issuing must not wait for room
ISSUE_RATIO = 1.6
WAIT_MICROSECONDS = 10


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=40)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)

    cpu = torch.randn(8, 8)
    npu = cpu.to("npu")
    cpu_out, npu_out = torch.empty_like(cpu), torch.empty_like(npu)
    synchronize = torch.npu.synchronize

    def issue(call: Callable[[], object]) -> Callable[[], float]:
        def timed() -> float:
            synchronize()
            return seconds(call, CALLS) * 1e6

        return timed

    def wait(call: Callable[[], object]) -> Callable[[], float]:
        def once() -> None:
            call()
            synchronize()

        return lambda: seconds(once, CALLS) * 1e6

    operators: dict[str, tuple[Callable[[], object], Callable[[], object]]] = {
        "add": (lambda: torch.add(cpu, cpu), lambda: torch.add(npu, npu)),
        "add out=": (lambda: torch.add(cpu, cpu, out=cpu_out), lambda: torch.add(npu, npu, out=npu_out)),
        "add_": (lambda: cpu_out.add_(cpu), lambda: npu_out.add_(npu)),
        "add scalar": (lambda: cpu + 1.0, lambda: npu + 1.0),
        "relu": (lambda: torch.relu(cpu), lambda: torch.relu(npu)),
        "mm": (lambda: torch.mm(cpu, cpu), lambda: torch.mm(npu, npu)),
        "empty": (lambda: torch.empty(8, 8), lambda: torch.empty(8, 8, device="npu")),
    }
    cases: dict[str, Callable[[], float]] = {}
    for name, (on_cpu, on_npu) in operators.items():
        cases[f"cpu {name}"] = issue(on_cpu)
        cases[f"npu {name}"] = issue(on_npu)
    cases["npu add and wait"] = wait(operators["add"][1])

    print(machine())
    with torch.no_grad():
        rounds = alternate(cases, options.rounds)

    print(f"microseconds a call, tensors of 8x8, {options.threads} thread(s): median [middle half]")
    print(f"{'operator':12} {'stock CPU':>24} {'issue on NPU':>24} {'ratio':>24}")
    for name in operators:
        cells = (rounds.spread(f"cpu {name}"), rounds.spread(f"npu {name}"), rounds.ratio(f"npu {name}", f"cpu {name}"))
        print(f"{name:12}" + "".join(f" {f'{cell:.2f}':>24}" for cell in cells))
    print(f"add and wait {rounds.spread('npu add and wait'):.2f}")
    print(bound("issuing a small add, against stock CPU", rounds.ratio("npu add", "cpu add").median, ISSUE_RATIO, "x"))
    print(bound("add and synchronize", rounds.spread("npu add and wait").median, WAIT_MICROSECONDS, " us"))


if __name__ == "__main__":
    main()
