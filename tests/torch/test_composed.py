"""Operators composed of others: the values that OpInfo's samples rarely hold, as the CPU has them, with no fallback."""

import itertools

import pytest
import torch

import torch_npu

INF, NAN = float("inf"), float("nan")
VALUES = [0.0, -0.0, INF, -INF, NAN, -1.0, -2.5, -3.0, 1e-30, 0.5, 1.0, 2.0, 5.0, 13.0, 17.0, 29.0, 31.0, -17.0, -40.0]
DTYPES = [torch.float32, torch.float64]


@pytest.fixture(autouse=True)
def no_fallback():
    torch_npu._C.set_fallback_mode("error")
    yield
    torch_npu._C.set_fallback_mode("warn")


def close(got, want, **tolerance):
    torch.testing.assert_close(got.cpu(), want, equal_nan=True, **(tolerance or {"rtol": 2e-6, "atol": 1e-5}))


UNARY = [
    "airy_ai",
    "bessel_j0",
    "bessel_j1",
    "bessel_y0",
    "bessel_y1",
    "digamma",
    "entr",
    "erfcx",
    "gammaln",
    "i0",
    "i0e",
    "i1",
    "i1e",
    "log_ndtr",
    "modified_bessel_i0",
    "modified_bessel_i1",
    "modified_bessel_k0",
    "modified_bessel_k1",
    "ndtri",
    "scaled_modified_bessel_k0",
    "scaled_modified_bessel_k1",
    "spherical_bessel_j0",
]


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("name", UNARY)
def test_special_values(name, dtype):
    x = torch.tensor(VALUES, dtype=dtype)
    close(getattr(torch.special, name)(x.npu()), getattr(torch.special, name)(x))


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("n", [1, 2, 3, 5])
def test_polygamma(n, dtype):
    x = torch.tensor([v for v in VALUES if v > -1 or v % 1], dtype=dtype)  # the CPU's poles of order 1 are finite
    close(torch.polygamma(n, x.npu()), torch.polygamma(n, x), rtol=1e-5, atol=1e-6)


BINARY = [torch.copysign, torch.fmax, torch.fmin, torch.heaviside, torch.hypot, torch.nextafter, torch.special.xlog1py]


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("op", BINARY, ids=lambda f: f.__name__)
def test_pairs_of_special_values(op, dtype):
    x = torch.tensor(VALUES, dtype=dtype)
    a, b = torch.meshgrid(x, x, indexing="ij")
    close(op(a.npu(), b.npu()), op(a, b))
    two = torch.tensor(2.0, dtype=dtype)  # PyTorch mixes in a number of the CPU
    close(op(a.npu(), two), op(a, two))


@pytest.mark.parametrize("op", [torch.igamma, torch.igammac], ids=lambda f: f.__name__)
def test_incomplete_gamma(op):
    a = torch.tensor([0.0, 1e-3, 0.5, 1, 3.3, 20, 59, 60, 61, 200, 1e4, INF, -1, NAN], dtype=torch.float64)
    a, x = torch.meshgrid(a, torch.cat([a, a * 1.1, a * 0.9, a + 1]), indexing="ij")
    close(op(a.npu(), x.npu()), op(a, x), rtol=1e-8, atol=1e-9)


def test_frexp():
    x = torch.tensor([0.0, -0.0, 1.0, -3.5, 1e-310, 5e-324, 1e308], dtype=torch.float64)
    for got, want in zip(torch.frexp(x.npu()), torch.frexp(x)):
        close(got, want, rtol=0, atol=0)


@pytest.mark.parametrize("n", [2, 7, 8, 30, 64, 67, 97, 128, 131, 360, 1000, 1009, 4096])
def test_fourier_transforms_are_as_accurate_as_the_cpu(n):
    x = torch.randn(4, n, dtype=torch.complex64)
    for f in (
        torch.fft.fft,
        torch.fft.ifft,
        torch.fft.irfft,
        lambda t: torch.fft.rfft(t.real if t.is_complex() else t),
    ):
        exact = f(x.to(torch.complex128))
        error = lambda y: ((y - exact).abs().square().mean() / exact.abs().square().mean()).sqrt().item()  # noqa: B023
        assert error(f(x.npu()).cpu()) < 2.5 * error(f(x)) + 1e-7


@pytest.mark.parametrize("size", [0, 2, 9])
@pytest.mark.parametrize("shape", [(), (0,), (0, 3), (5,), (2, 3)], ids=str)
def test_nonzero_static(shape, size):
    x = torch.randint(0, 2, shape)
    assert torch.equal(torch.nonzero_static(x.npu(), size=size).cpu(), torch.nonzero_static(x, size=size))


@pytest.mark.parametrize("initial", [None, 2.0])
@pytest.mark.parametrize("reduce", ["sum", "mean", "max", "min", "prod"])
def test_segments(reduce, initial):
    data = torch.tensor([[1.0, 0, 3], [2, 0, 0], [NAN, 5, 0], [2, 2, 7]])
    for lengths in ([2, 0, 2], [4], [1, 3], [0, 0, 4]):
        results = []
        for device in "cpu", "npu":
            x = data.to(device).requires_grad_()
            y = torch.segment_reduce(x, reduce, lengths=torch.tensor(lengths, device=device), initial=initial)
            results += [y.detach(), *torch.autograd.grad(y.sum(), x)]
        close(results[2], results[0])
        close(results[3], results[1])


@pytest.mark.parametrize("dims", [2, 3])
def test_fractional_pools_with_given_samples(dims):
    x, samples = torch.randn(2, 3, *[9, 8, 10][:dims]), torch.rand(2, 3, dims)
    op = getattr(torch.ops.aten, f"fractional_max_pool{dims}d")
    for outputs in ([4, 5, 3], [1, 5, 3]):
        want = op(x, [2, 3, 2][:dims], outputs[:dims], samples)
        for g, w in zip(op(x.npu(), [2, 3, 2][:dims], outputs[:dims], samples.npu()), want):
            assert torch.equal(g.cpu(), w)


def test_histograms():
    x = torch.tensor([1.0, 2, 1, 5, 7])
    edges = torch.tensor([0.0, 2, 5])
    for values, bins in itertools.product((x, x[:1], x[:0]), (4, edges)):
        got = torch.histogram(values.npu(), bins.npu() if isinstance(bins, torch.Tensor) else bins)
        for g, w in zip(got, torch.histogram(values, bins)):
            close(g, w)


@pytest.mark.parametrize("values", [[-INF, 1, 2, 1000, -1000], [INF, 1], [1, NAN, 2], [-1e4, 0, 1e4]], ids=str)
def test_logcumsumexp(values):
    x = torch.tensor(values, dtype=torch.float32)
    close(x.npu().logcumsumexp(0), x.logcumsumexp(0))


@pytest.mark.parametrize("op", [torch.hypot, torch.igamma, torch.nextafter], ids=lambda f: f.__name__)
def test_what_the_cpu_refuses(op):
    x = torch.ones(2, dtype=torch.int64)
    for device in "cpu", "npu":
        with pytest.raises(RuntimeError):
            op(x.to(device), x.to(device))


@pytest.mark.parametrize("out", [torch.ones(0), torch.ones(5, 2), torch.ones(3, dtype=torch.int64)], ids=str)
def test_out(out):
    x = torch.rand(3)
    for f in (
        torch.digamma,
        torch.special.bessel_j0,
        torch.special.i0e,
        lambda t, out: torch.logcumsumexp(t, 0, out=out),
    ):
        results = []
        for device in "cpu", "npu":
            try:
                with pytest.warns(UserWarning) if out.ndim == 2 else torch.no_grad():
                    results.append(f(x.to(device), out=out.to(device)).cpu())
            except RuntimeError:
                results.append(None)
        assert (results[0] is None) == (results[1] is None)
        if results[0] is not None:
            close(results[1], results[0])


def test_below_autocast_and_autograd():
    x = torch.randn(8, 16).npu().requires_grad_()
    with torch.autocast("npu", dtype=torch.bfloat16):
        y = torch.fft.rfft(x)
    close(y.detach(), torch.fft.rfft(x.detach().cpu()), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("p", [0.0, 0.5, 1.0, 1.5, 2.0, 3.0, INF])
def test_the_gradient_of_pdist(p):
    points = torch.tensor([[1.0, 2, 3], [1, 2, 3], [0, 2, 5], [-1, 4, 3]])  # two of them are one
    grads = []
    for device in "cpu", "npu":
        x = points.to(device).requires_grad_()
        y = torch.nn.functional.pdist(x, p)
        grads += torch.autograd.grad(y, x, torch.linspace(1, 2, len(y), device=device))
    close(grads[1], grads[0], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("dim", [(), (0,), (1,), (0, 1), (-1,)], ids=str)
def test_hash_tensor(dim):
    for x in (torch.randn(3, 5), torch.randint(-9, 9, (3, 5)), torch.tensor([[True, False]])):
        for keepdim in (False, True):
            assert torch.equal(
                torch.hash_tensor(x.npu(), dim, keepdim=keepdim).cpu(), torch.hash_tensor(x, dim, keepdim=keepdim)
            )
