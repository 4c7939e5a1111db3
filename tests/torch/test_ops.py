"""The operator table: every row is there, and gives what the CPU gives. The cases are made from the table.

Values, dtypes, shapes and gradients are compared on PyTorch's own samples (OpInfo), with no fallback to the CPU. A
user's out= reaches a row raw, so each is called with an empty, a wrongly shaped and a wrongly typed one.
"""

import itertools
import warnings

import pytest
import sweep
import torch
import torch.utils._pytree as pytree
from torch.testing._internal.common_methods_invocations import (
    foreach_binary_op_db,
    foreach_pointwise_op_db,
    foreach_unary_op_db,
    op_db,
)

import torch_npu

# What differs from the CPU, and why.
KNOWN = {
    "polar": "its kernel is chosen by the type of device",
    "gather": "an index without elements may have any dtype on the CPU; the device takes int32 and int64",
    "addbmm": "float16: the sum over the batch is rounded once; out= warns once more where it must be resized",
    "native_layer_norm": "float16: the device's statistics are float32",
    "native_group_norm": "float16: the device's statistics are float32",
    "native_batch_norm": "float16: the device's statistics are float32",
    "_native_batch_norm_legit": "float16: the device's statistics are float32",
}
KNOWN_OUT = {
    "linspace": "no elements wanted: the CPU leaves an output without elements as it is",
    "logspace": "no elements wanted: the CPU leaves an output without elements as it is",
    "arange": "the CPU resizes without a warning",
    "equal": "its result is no tensor",
    "native_batch_norm": "statistics that are not asked for may have any shape on the CPU",
    "linalg.solve_triangular": "the result is cast to another dtype of out",
}

TABLE = torch_npu._C.operator_table()
ROWS = sorted({name for name, _, present in TABLE if present})
BASES = {name.split(".")[0] for name in ROWS}
OPS = [op for op in op_db if {op.aten_name, op.aten_name + "_"} & BASES]
SAMPLES = 4


def native(op, dtype):
    """Whether PyTorch's samples for this operator and dtype stay within rows."""
    return op.supports_dtype(dtype, "cpu")


def test_the_cann_has_every_operator_of_the_table():
    assert torch_npu._C.missing_operators() == []


@pytest.mark.parametrize("name", ROWS)
def test_a_row_is_registered(name):
    assert torch._C._dispatch_has_kernel_for_dispatch_key(f"aten::{name}", "PrivateUse1")


def samples(op, dtype, grad):
    torch.manual_seed(0)
    return list(itertools.islice(op.sample_inputs("cpu", dtype, requires_grad=grad), SAMPLES))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.int64, torch.bool], ids=str)
@pytest.mark.parametrize("op", OPS, ids=lambda op: op.full_name)
def test_as_the_cpu(op, dtype):
    if not op.supports_dtype(dtype, "cpu"):
        pytest.skip("the CPU has no such operator for this dtype")
    if why := KNOWN.get(op.name):
        pytest.skip(why)
    grad = op.supports_autograd and dtype in op.supported_backward_dtypes("cpu")
    before = torch_npu._C.fallback_counts()
    for sample in samples(op, dtype, grad):
        wrong, _ = sweep._check(op, sample, grad)
        assert wrong is None, f"{wrong}\n{sample}"
    fell = {name for name, n in torch_npu._C.fallback_counts().items() if n != before.get(name, 0)}
    assert not {name for name in fell if name.removeprefix("aten::") in ROWS}


def outcome(op, sample, out):
    """What the operator writes into `out`, or the kind of its refusal."""
    try:
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            result = op(sample.input, *sample.args, **sample.kwargs, out=out)
            flat = [x.cpu() for x in pytree.tree_leaves(result)]
        return flat, sorted({str(w.message).split("[")[0] for w in said if "output" in str(w.message)})
    except (RuntimeError, IndexError, NotImplementedError, TypeError):
        return "refused", None


@pytest.mark.parametrize("kind", ["empty", "larger", "another dtype"])
@pytest.mark.parametrize("op", [op for op in OPS if op.supports_out], ids=lambda op: op.full_name)
def test_out(op, kind):
    if not op.supports_dtype(torch.float32, "cpu"):
        pytest.skip("no such operator on the CPU")
    if why := KNOWN.get(op.name) or KNOWN_OUT.get(op.name):
        pytest.skip(why)
    for sample in samples(op, torch.float32, False)[:2]:
        if sweep._draws(op, sample):
            pytest.skip("the device draws other numbers")
        with torch.no_grad():
            want = op(sample.input, *sample.args, **sample.kwargs)

        def make(x, device):
            if kind == "empty":
                return torch.empty(0, dtype=x.dtype, device=device)
            if kind == "larger":
                return torch.full((*x.shape, 2), 7, dtype=x.dtype, device=device)
            return torch.full(
                x.shape, 7, dtype=torch.int64 if x.dtype.is_floating_point else torch.float32, device=device
            )

        results = []
        for device in "cpu", "npu":
            moved = sweep._moved(sample, device)
            results.append(outcome(op, moved, pytree.tree_map(lambda x, d=device: make(x, d), want)))
        (cpu, cpu_said), (npu, npu_said) = results
        assert type(npu) is type(cpu), (kind, cpu, npu)
        if isinstance(cpu, list):
            torch.testing.assert_close(npu, cpu, equal_nan=True)
            assert npu_said == cpu_said


FOREACH = [*foreach_unary_op_db, *foreach_binary_op_db, *foreach_pointwise_op_db]


@pytest.mark.parametrize("op", FOREACH, ids=lambda op: op.name)
def test_foreach(op):
    if not op.supports_dtype(torch.float32, "cpu"):
        pytest.skip("the CPU has no such operator for this dtype")
    npu = lambda tree: pytree.tree_map(lambda x: x.npu() if isinstance(x, torch.Tensor) else x, tree)
    torch.manual_seed(0)
    for sample in itertools.islice(
        op.sample_inputs("cpu", torch.float32, num_input_tensors=[3], noncontiguous=False), 4
    ):
        kwargs = {k: v for k, v in sample.kwargs.items() if k not in ("is_fastpath", "disable_fastpath")}
        for f in filter(None, (op.method_variant, op.inplace_variant)):
            given = [x.clone() for x in sample.input]
            try:
                want = f(given, *sample.args, **kwargs)
            except RuntimeError:
                continue
            moved = [x.npu() for x in sample.input]
            got = f(moved, *npu(sample.args), **npu(kwargs))
            if f is op.inplace_variant:
                got, want = moved, given
            torch.testing.assert_close([x.cpu() for x in got], want, equal_nan=True)


def test_operators_run_on_their_tensors_device():
    if torch.npu.device_count() < 2:
        pytest.skip("one device")
    a = torch.ones(4, device="npu:1")
    with torch.npu.device(0):
        b = a + 1
        assert b.device == torch.device("npu:1") and torch.npu.current_device() == 0
        with pytest.raises(RuntimeError, match="same device"):
            torch.mm(torch.ones(2, 2, device="npu:0"), torch.ones(2, 2, device="npu:1"))
    assert b.tolist() == [2] * 4


def test_numbers_and_zero_dim_cpu_tensors():
    x = torch.arange(6.0).npu()
    for k in range(100):
        x = x + torch.tensor(1.0)  # a CPU tensor, gone before its task runs
    assert torch.equal(x.cpu(), torch.arange(6.0) + 100)
    i = torch.arange(6)
    for f in (
        lambda t: t * 2,
        lambda t: t * 2.5,
        lambda t: 2 - t,
        lambda t: t / 2,
        lambda t: t + torch.tensor(2.5),
        lambda t: t == 3,
        lambda t: torch.tensor(3) * t,
        lambda t: t.sum() * torch.tensor(1e-9, dtype=torch.double),
    ):
        torch.testing.assert_close(f(i.npu()).cpu(), f(i), rtol=0, atol=0)


def test_a_refusal_names_the_operator_the_shapes_and_the_dtypes():
    a, b = torch.ones(2, 3, device="npu"), torch.ones(4, 5, device="npu")
    with pytest.raises(RuntimeError, match="2x3 and 4x5"):
        torch.mm(a, b)
    with pytest.raises(RuntimeError, match="can't be cast"):
        torch.add(a, a, out=torch.empty(2, 3, dtype=torch.int64, device="npu"))
    with pytest.raises(RuntimeError, match=r"Float\[2, 3\]"):
        torch.ops.aten.embedding_dense_backward(a, b, 1, 0, False)


def test_products_that_name_their_dtype_are_not_rounded():
    """mm, bmm, addmm and baddbmm with out_dtype=torch.float32; the CPU has none of them."""
    before = torch_npu._C.fallback_counts()
    for dtype in (torch.float16, torch.bfloat16):
        a, b, c = (torch.randn(*size, dtype=dtype) for size in ((2, 3, 40), (2, 40, 5), (2, 3, 5)))
        x, y, z = a.npu(), b.npu(), c.npu()
        wide = torch.bmm(a.float(), b.float())
        forms = (
            (torch.mm, (x[0], y[0]), wide[0]),
            (torch.bmm, (x, y), wide),
            (torch.addmm, (z[0], x[0], y[0]), wide[0] + c[0].float()),
            (torch.baddbmm, (z, x, y), wide + c.float()),
        )
        for op, args, want in forms:
            got = op(*args, out_dtype=torch.float32)
            assert got.dtype == torch.float32
            torch.testing.assert_close(got.cpu(), want)
            out = torch.empty(want.shape, device="npu")
            assert op(*args, out_dtype=torch.float32, out=out) is out
            torch.testing.assert_close(out.cpu(), want)
            torch.testing.assert_close(op(*args, out_dtype=dtype).cpu(), want.to(dtype))
        with pytest.raises(RuntimeError, match="out_dtype must be the same as input dtype or fp32"):
            torch.mm(x[0], y[0], out_dtype=torch.float64)
        with pytest.raises(RuntimeError, match="out_dtype must be the same as the dtype of the provided out"):
            torch.mm(x[0], y[0], out_dtype=torch.float32, out=torch.empty(3, 5, dtype=dtype, device="npu"))
        with pytest.raises(RuntimeError, match="shapes cannot be multiplied"):
            torch.mm(x[0], x[0], out_dtype=torch.float32)
    with pytest.raises(RuntimeError, match="same dtype"):
        torch.mm(torch.randn(3, 4, device="npu"), torch.randn(4, 5, device="npu").half(), out_dtype=torch.float32)
    assert torch_npu._C.fallback_counts() == before
