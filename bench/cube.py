"""Matrix products and convolutions of 16-bit numbers on the NPU against ATen on the CPU, alternating.

    python bench/cube.py [--threads N] [--rounds 5]

float32 on the CPU is there for scale: mixed precision must not cost several times as much.
"""

import argparse
from collections.abc import Callable

import torch
from pairs import alternate, seconds

Work = Callable[[str, torch.dtype], Callable[[], object]]


def linear(n: int, k: int, m: int) -> Work:
    def work(device: str, dtype: torch.dtype) -> Callable[[], object]:
        x, weight, bias = (torch.randn(s).to(device, dtype) for s in ((n, k), (m, k), (m,)))
        return lambda: torch.addmm(bias, x, weight.t())

    return work


def product(n: int, k: int, m: int) -> Work:
    def work(device: str, dtype: torch.dtype) -> Callable[[], object]:
        a, b = (torch.randn(s).to(device, dtype) for s in ((n, k), (k, m)))
        return lambda: torch.mm(a, b)

    return work


def convolution(inputs: int, outputs: int, size: int, backward: bool) -> Work:
    def work(device: str, dtype: torch.dtype) -> Callable[[], object]:
        x = torch.randn(64, inputs, size, size).to(device, dtype).requires_grad_(inputs > 1)
        layer = torch.nn.Conv2d(inputs, outputs, 3, padding=1).to(device, dtype)
        if not backward:
            return lambda: layer(x.detach())
        y = layer(x)
        grad = torch.ones_like(y)
        wanted = [t for t in (x, layer.weight, layer.bias) if t.requires_grad]
        return lambda: torch.autograd.grad(y, wanted, grad, retain_graph=True)

    return work


CASES: dict[str, Work] = {
    "addmm 64 x 1568 x 16": linear(64, 1568, 16),
    "addmm 128 x 768 x 3072": linear(128, 768, 3072),
    "mm 256 x 256 x 256": product(256, 256, 256),
    "conv 1 -> 16, 28 x 28": convolution(1, 16, 28, backward=False),
    "conv 16 -> 32, 14 x 14": convolution(16, 32, 14, backward=False),
    "  and its backward": convolution(16, 32, 14, backward=True),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    for name, work in CASES.items():
        cases: dict[str, Callable[[], float]] = {}
        for dtype in (torch.float32, torch.float16, torch.bfloat16):
            for device in ("cpu", "npu"):
                call = work(device, dtype)

                def timed(call: Callable[[], object] = call, device: str = device) -> float:
                    return seconds(lambda: (call(), torch.npu.synchronize() if device == "npu" else None)) * 1e6

                cases[f"{str(dtype)[6:]} {device}"] = timed
        rounds = alternate(cases, options.rounds, warm_up=2)
        print(f"{name:23} float32 {rounds.spread('float32 cpu').median:6.0f} us", end="")
        for dtype in ("float16", "bfloat16"):
            cpu, npu = rounds.spread(f"{dtype} cpu").median, rounds.spread(f"{dtype} npu").median
            ratio = rounds.ratio(f"{dtype} cpu", f"{dtype} npu")
            print(f" | {dtype} ATen {cpu:7.0f}, npu {npu:6.0f} us: {ratio:.1f} times as fast", end="")
        print()


if __name__ == "__main__":
    main()
