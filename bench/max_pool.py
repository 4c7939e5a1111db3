"""Max pooling on the NPU against ATen on the CPU, alternating: how many times faster our kernels are.

    python bench/max_pool.py [--threads N] [--rounds 15]

Both write into outputs that exist already, so neither pays for memory. The NPU's time holds its launch.
"""

import argparse

import torch
from pairs import alternate, seconds

CASES = [  # shape, kernel, stride, padding: the quick start's, ResNet's, Inception's, a detector's
    ((64, 16, 28, 28), 2, 2, 0),
    ((64, 32, 14, 14), 2, 2, 0),
    ((8, 64, 112, 112), 3, 2, 1),
    ((16, 192, 35, 35), 3, 1, 1),
    ((16, 288, 35, 35), 3, 2, 0),
    ((8, 256, 20, 20), 5, 1, 2),
]
forward = torch.ops.aten.max_pool2d_with_indices.out
backward = torch.ops.aten.max_pool2d_with_indices_backward.grad_input


def sides(shape: tuple[int, ...], dtype: torch.dtype, kernel: int, stride: int, padding: int):
    on_cpu = torch.randn(shape, dtype=dtype)
    out, indices = torch.ops.aten.max_pool2d_with_indices(on_cpu, kernel, stride, padding)
    grad = torch.randn_like(out)
    for device in ("cpu", "npu"):
        x, o, i, g = (t.to(device) for t in (on_cpu, out, indices, grad))
        into = torch.empty_like(x)
        settle = torch.npu.synchronize if device == "npu" else lambda: None

        def pool(x=x, o=o, i=i, settle=settle) -> None:
            forward(x, kernel, stride, padding, out=o, indices=i)
            settle()

        def back(x=x, g=g, i=i, into=into, settle=settle) -> None:
            backward(g, x, kernel, stride, padding, 1, False, i, grad_input=into)
            settle()

        yield f"forward {device}", lambda pool=pool: seconds(pool, 5)
        yield f"backward {device}", lambda back=back: seconds(back, 5)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    for dtype in (torch.float32, torch.float16, torch.bfloat16):
        for shape, *window in CASES:
            rounds = alternate(dict(sides(shape, dtype, *window)), options.rounds)
            for way in ("forward", "backward"):
                cpu, npu = rounds.spread(f"{way} cpu"), rounds.spread(f"{way} npu")
                print(f"{str(dtype)[6:]:9} {shape!s:20} kernel {window[0]} stride {window[1]} {way:8} "
                      f"ATen {cpu.median * 1e6:8.0f} us, npu {npu.median * 1e6:7.0f} us: "
                      f"{rounds.ratio(f'{way} cpu', f'{way} npu'):.1f} times as fast")  # fmt: skip


if __name__ == "__main__":
    main()
