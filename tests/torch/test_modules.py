"""PyTorch's module database on the NPU: forward, backward and state_dict against the CPU, float32."""

import copy

import pytest
import torch
from torch.testing._internal.common_modules import module_db
from torch.utils._pytree import tree_flatten, tree_map

import torch_npu  # noqa: F401

# Dropout draws its mask on the device: only its form can agree.
RANDOM = {"Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "AlphaDropout", "FeatureAlphaDropout", "RReLU"}


def tensors(tree):
    return [x for x in tree_flatten(tree)[0] if isinstance(x, torch.Tensor)]


def on(device, tree):
    """A copy on `device`, leaves of its own for autograd."""

    def move(x):
        if not isinstance(x, torch.Tensor):
            return x
        return x.detach().to(device, copy=True).requires_grad_(x.requires_grad)

    return tree_map(move, tree)


def run(module, args, kwargs):
    out = module(*args, **kwargs)
    outs = [x for x in tensors(out) if x.requires_grad]
    leaves = [x for x in [*tensors((args, kwargs)), *module.parameters()] if x.requires_grad]
    grads = torch.autograd.grad([x.float().sum() for x in outs], leaves, allow_unused=True) if outs and leaves else ()
    return tensors(out), [g for g in grads if g is not None]


@pytest.mark.parametrize("training", [True, False], ids=["train", "eval"])
@pytest.mark.parametrize("info", module_db, ids=lambda info: info.name.replace("nn.", ""))
def test_module(info, training):
    if torch.float32 not in info.dtypes:
        pytest.skip("not a float32 module")
    torch.manual_seed(0)
    inputs = info.module_inputs_func(info, device="cpu", dtype=torch.float32, requires_grad=True, training=training)
    name = info.module_cls.__name__
    for sample in inputs:
        if sample.forward_input is None:
            continue
        # Samples that FractionalMaxPool is told are float64; it wants the dtype of its input.
        args, kwargs = tree_map(
            lambda x: x.float() if isinstance(x, torch.Tensor) and x.dtype == torch.float64 else x,
            (sample.constructor_input.args, sample.constructor_input.kwargs),
        )
        cpu = info.module_cls(*args, **{"dtype": torch.float32, **kwargs} if "dtype" in kwargs else kwargs)
        cpu.train(training)
        forward = (sample.forward_input.args, sample.forward_input.kwargs)
        if any(torch.nn.parameter.is_lazy(p) for p in cpu.parameters()):
            cpu(*forward[0], **forward[1])  # A lazy module makes its parameters here, and can be copied afterwards.
        npu = copy.deepcopy(cpu).to("npu")
        torch.manual_seed(1)
        want, want_grads = run(cpu, *on("cpu", forward))
        torch.manual_seed(1)
        got, got_grads = run(npu, *on("npu", forward))
        assert all(x.device.type == "npu" for x in [*got, *got_grads])
        random = training and (name in RANDOM or getattr(cpu, "dropout", 0))
        for g, w in zip([*got, *got_grads], [*want, *want_grads], strict=True):
            assert (g.shape, g.dtype) == (w.shape, w.dtype)
            if not random:
                torch.testing.assert_close(g.cpu(), w, equal_nan=True, rtol=1e-4, atol=1e-5)
        state = npu.state_dict()
        again = copy.deepcopy(cpu)
        again.load_state_dict(state)
        for key, value in again.state_dict().items():
            if isinstance(value, torch.Tensor):
                torch.testing.assert_close(value, state[key].cpu(), equal_nan=True)


def test_a_moved_module_keeps_its_parameters():
    """Modules share a weight, and an optimizer holds it, before and after the move: it is the same object."""
    module = torch.nn.Sequential(torch.nn.Linear(3, 3), torch.nn.Linear(3, 3))
    module[1].weight = weight = module[0].weight
    optimizer = torch.optim.SGD(module.parameters(), lr=1.0)
    module.to("npu")
    assert module[0].weight is weight and module[1].weight is weight and weight.is_npu
    before = weight.detach().cpu()
    module(torch.ones(2, 3, device="npu")).sum().backward()
    optimizer.step()
    assert not torch.equal(weight.detach().cpu(), before)
    module.cpu()
    assert module[0].weight is weight and weight.grad.is_cpu


@pytest.mark.parametrize("dim", [0, 1, 2])
def test_weight_norm(dim):
    """What OpInfo has no entry for; in the middle dimension it is PyTorch's own composition."""
    torch.manual_seed(0)
    module = torch.nn.utils.parametrizations.weight_norm(torch.nn.Conv1d(3, 5, 2), dim=dim)
    x, again = torch.randn(2, 3, 6), copy.deepcopy(module).npu()
    module(x).square().sum().backward()
    again(x.npu()).square().sum().backward()
    for got, want in zip(again.parameters(), module.parameters(), strict=True):
        torch.testing.assert_close(got.grad.cpu(), want.grad)
