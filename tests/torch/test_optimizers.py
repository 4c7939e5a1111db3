"""torch.optim's optimizers on the NPU, in each of their forms, against the CPU after ten steps, float32."""

import pytest
import torch
from torch.testing._internal.common_optimizers import optim_db

import torch_npu  # noqa: F401

STEPS = 10


def forms(info):
    """The keyword arguments that choose an implementation."""
    yield {"foreach": False} if "foreach" in info.supported_impls else {}
    for name in ("foreach", "fused"):
        if name in info.supported_impls and not (name == "fused" and "npu" not in info.supports_fused_on):
            yield {name: True}


def train(info, kwargs, form, device):
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(7, 9), torch.nn.Tanh(), torch.nn.Linear(9, 3, bias=False)).to(device)
    params = list(model.parameters())
    if info.optim_cls is torch.optim.Muon:  # takes matrices alone
        params = [p for p in params if p.ndim == 2]
    x, y = torch.randn(5, 7).to(device), torch.randn(5, 3).to(device)
    if info.optim_cls is torch.optim.SparseAdam:
        model = torch.nn.Embedding(11, 3, sparse=True).to(device)
        params, x = list(model.parameters()), torch.tensor([1, 4, 4, 2, 9]).to(device)
    optimizer = info.optim_cls(params, **kwargs, **form)

    def closure():
        optimizer.zero_grad()
        loss = torch.nn.functional.mse_loss(model(x), y)
        loss.backward()
        return loss

    for _ in range(STEPS):
        if info.step_requires_closure:
            optimizer.step(closure)
        else:
            closure()
            optimizer.step()
    return [p.detach() for p in params], optimizer.state_dict()


FUSED = [i for i in optim_db if "fused" in i.supported_impls]
CASES = [(i, c, f) for i in optim_db for c in i.optim_inputs_func(device="cpu") for f in forms(i)]
CASES += [(i, c, {"fused": True}) for i in FUSED for c in i.optim_inputs_func(device="cpu")]


def name(case):
    info, config, form = case
    return f"{info.optim_cls.__name__}-{config.desc}-{'-'.join(k for k, on in form.items() if on) or 'loop'}"


@pytest.mark.parametrize("case", CASES, ids=name)
def test_optimizer(case):
    info, config, form = case
    kwargs = {k: v for k, v in config.kwargs.items() if k not in ("foreach", "fused")}
    if info.optim_cls is torch.optim.LBFGS and kwargs.get("maximize"):
        pytest.skip("maximizes without bound: both end in nan or infinity, at steps of their own")
    if kwargs.get("capturable"):
        pytest.skip("capturable is for graphs")
    if form.get("fused") and kwargs.get("differentiable"):
        pytest.skip("fused is not differentiable")
    try:
        want, want_state = train(info, kwargs, form, "cpu")
    except (RuntimeError, ValueError) as refused:
        with pytest.raises(type(refused)):
            train(info, kwargs, form, "npu")
        return
    got, state = train(info, kwargs, form, "npu")
    for g, w in zip(got, want, strict=True):
        assert g.device.type == "npu"
        torch.testing.assert_close(g.cpu(), w, rtol=1e-5, atol=1e-6, equal_nan=True)
    for key, value in want_state["state"].items():
        for field, w in value.items():
            if isinstance(w, torch.Tensor):
                torch.testing.assert_close(state["state"][key][field].cpu(), w, rtol=1e-4, atol=1e-6)
