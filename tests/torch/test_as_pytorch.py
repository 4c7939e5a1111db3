"""What PyTorch's own generic tests ask: indices and masks, refusals at the call, dtypes and out= of odd sorts."""

import warnings

import pytest
import torch

X = torch.arange(60.0).reshape(5, 4, 3)
ROWS, COLUMNS = torch.tensor([0, 3, 1]), torch.tensor([2, 0, 2])
MASK = torch.tensor([True, False, True, True, False])
EMPTY = torch.tensor([], dtype=torch.int64)
CASES = {
    "rows": (ROWS,),
    "pairs": (ROWS, COLUMNS),
    "apart": (ROWS, slice(None), COLUMNS),
    "mask": (MASK,),
    "mask and index": (MASK, COLUMNS),
    "whole mask": (X > 30,),
    "nothing": (EMPTY,),
    "nothing and one": (EMPTY, torch.tensor([1])),
    "no true": (torch.zeros(5, dtype=torch.bool),),
}


def to(device, index):
    return tuple(i.to(device) if isinstance(i, torch.Tensor) else i for i in index)


@pytest.mark.parametrize("name", CASES)
def test_read(name):
    torch.testing.assert_close(X.npu()[to("npu", CASES[name])].cpu(), X[CASES[name]])


def put(x, index, value, accumulate):
    torch.ops.aten.index_put_(x, [i if isinstance(i, torch.Tensor) else None for i in index], value, accumulate)


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("accumulate", [False, True])
def test_write(name, accumulate):
    values = torch.arange(X[CASES[name]].numel(), dtype=torch.float32).reshape(X[CASES[name]].shape)
    for value in (values, torch.tensor(7.0)):
        got, want = X.npu(), X.clone()
        put(got, to("npu", CASES[name]), value.npu(), accumulate)
        put(want, CASES[name], value, accumulate)
        torch.testing.assert_close(got.cpu(), want)


def refusal(device, index, value):
    with pytest.raises((RuntimeError, IndexError)) as error:
        X.to(device, copy=True).index_put_(to(device, index), value.to(device))
    return error.type


@pytest.mark.parametrize(
    ("index", "value"),
    [
        ((ROWS,), torch.ones(2, 4, 3)),
        ((MASK,), torch.ones(2, 4, 3)),
        ((X > 30,), torch.ones(3)),
        ((ROWS, COLUMNS[:2]), torch.tensor(1.0)),
        ((EMPTY,), torch.ones(2, 4, 3)),
        ((ROWS,), torch.ones(3, 4, 3, dtype=torch.float64)),
    ],
)
def test_refused_at_once(index, value):
    """At the call itself, and of the CPU's kind: nothing is left on the stream."""
    assert refusal("npu", index, value) is refusal("cpu", index, value)
    torch.npu.synchronize()


@pytest.mark.parametrize("write", [False, True])
def test_bytes_as_a_mask_warn_the_caller(write):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        x, mask = X.npu(), MASK.byte().npu()
        if write:
            x.index_put_((mask,), torch.ones(3, 4, 3).npu())
        else:
            assert x[mask].shape == (3, 4, 3)
        torch.npu.synchronize()
    assert [w for w in caught if "uint8" in str(w.message)]


def test_flip_names_a_bad_dimension():
    with pytest.raises(IndexError, match="out of range"):
        X.npu().flip(3)
    with pytest.raises(RuntimeError, match="multiple times"):
        X.npu().flip(0, -3)


@pytest.mark.parametrize("op", [torch.floor, torch.ceil, torch.round, torch.trunc, torch.frac, torch.erf, torch.erfinv])
def test_no_complex_numbers(op):
    with pytest.raises(RuntimeError, match="complex"):
        op(torch.ones(2, dtype=torch.complex64).npu())
    torch.npu.synchronize()


def test_complex_random_numbers():
    x = torch.randn(20000, dtype=torch.complex64, device="npu")
    assert abs(x.real.std().item() - 0.5**0.5) < 0.02 and abs(x.imag.std().item() - 0.5**0.5) < 0.02
    y = torch.rand(20000, dtype=torch.complex64, device="npu")
    assert y.real.min() >= 0 and y.imag.max() < 1 and abs(y.imag.mean().item() - 0.5) < 0.02


def test_devices_are_not_mixed():
    with pytest.raises(RuntimeError, match="device"):
        torch.isin(ROWS.npu(), COLUMNS)
    with pytest.raises(RuntimeError, match="same device"):
        torch.nonzero(ROWS.npu(), out=torch.empty(0, dtype=torch.int64))


@pytest.mark.parametrize("op", [torch.all, torch.any])
@pytest.mark.parametrize("keepdim", [False, True])
def test_no_dimensions_are_none(op, keepdim):
    x = torch.tensor([[0.0, 1.0], [2.0, 0.0]])
    torch.testing.assert_close(op(x.npu(), dim=(), keepdim=keepdim).cpu(), op(x, dim=(), keepdim=keepdim))
    assert op(x.npu(), dim=None).item() == op(x, dim=None).item()


@pytest.mark.parametrize("dtype", [torch.uint16, torch.uint32, torch.uint64])
def test_random_unsigned_numbers(dtype):
    x = torch.randint(0, 60000, (1000,), dtype=torch.int64, device="npu").to(dtype)
    x.random_(0, 50000)
    assert x.to(torch.int64).max().item() < 50000 and len(x.to(torch.int64).unique()) > 900


def test_abs_in_place_keeps_the_dtype():
    with pytest.raises(RuntimeError, match="In-place abs"):
        torch.ones(2, dtype=torch.complex64).npu().abs_()
    assert torch.tensor([-1.0, 2.0]).npu().abs_().tolist() == [1, 2]


def test_mode_into_outputs():
    x = torch.tensor([[3, 3, 1], [2, 5, 5]])
    values, places = torch.empty(0, dtype=torch.int64).npu(), torch.empty(0, dtype=torch.int64).npu()
    torch.mode(x.npu(), 1, out=(values, places))
    assert values.tolist() == [3, 5] and places.tolist() == torch.mode(x, 1).indices.tolist()


@pytest.mark.parametrize("mode", ["sum", "mean", "max"])
@pytest.mark.parametrize("last", [False, True])
@pytest.mark.parametrize("padding", [None, 0])
def test_embedding_bag(mode, last, padding):
    def run(device):
        weight = torch.linspace(-1, 1, 10, device=device).view(5, 2).requires_grad_(True)
        indices = torch.tensor([1, 0, 2, 0, 0, 3, 4], device=device)
        offsets = torch.tensor([0, 3, 5, 7], device=device)
        out = torch.nn.functional.embedding_bag(
            indices, weight, offsets, mode=mode, include_last_offset=last, padding_idx=padding
        )
        (out * torch.arange(out.numel(), device=device).view(out.shape)).sum().backward()
        return out.detach().cpu(), weight.grad.cpu()

    torch.testing.assert_close(run("npu"), run("cpu"))


def test_embedding_bag_wants_weights_of_its_dtype():
    with pytest.raises(RuntimeError, match="expected scalar type"):
        torch.nn.functional.embedding_bag(
            torch.tensor([[0, 1]]).npu(), torch.ones(3, 2).npu(), mode="sum",
            per_sample_weights=torch.ones(1, 2, dtype=torch.float64).npu(),
        )  # fmt: skip


def test_add_at_no_index():
    x, none = torch.ones(5, 2).npu(), torch.empty(0, dtype=torch.int64).npu()
    assert torch.equal(x.index_add(0, none, torch.empty(0, 2).npu()).cpu(), x.cpu())
    assert torch.equal(x.clone().index_add_(0, none, torch.empty(0, 2).npu()).cpu(), x.cpu())


@pytest.mark.parametrize("weight", [torch.tensor(1.0), torch.ones(3), torch.ones(2, 2, 2)])
def test_embedding_wants_a_matrix(weight):
    with pytest.raises(RuntimeError, match="2-D"):
        torch.nn.functional.embedding(torch.tensor([0]).npu(), weight.npu())
