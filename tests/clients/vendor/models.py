"""The models of tests/torch/models.py, small and from random weights: five steps of training equal the CPU's losses."""

import copy
import importlib.util
from pathlib import Path

import torch
from cases import CASES
from client import import_vendor

SOURCE = Path(__file__).resolve().parents[2] / "torch" / "models.py"


def the_list():
    spec = importlib.util.spec_from_file_location("trained_models", SOURCE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.MODELS


def losses(step, device):
    module = copy.deepcopy(step.module).to(device)
    optimizer = step.optimizer(module.parameters())
    out = []
    for i in range(len(step.batches)):
        loss = step.loss(module, i, device)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        out.append(loss.detach())
    return torch.stack(out).cpu()


def case_of(make):
    def run():
        import_vendor()  # First: transformers imports torch_npu where it finds one.
        torch.manual_seed(0)
        step = make()
        step.module.train()
        want, got = losses(step, "cpu"), losses(step, "npu")
        error = ((got - want).abs() / want.abs()).max().item()
        return {"steps": len(want), "error": error, "limit": 1e-4, "what": "losses"}

    return run


CASES.update({name: case_of(make) for name, make in the_list().items()})
