"""Models train five steps on the NPU as on the CPU: fp32 to 1e-4, mixed precision within 2 %, nothing runs on the CPU."""

import copy
import math

import pytest
import torch
from models import MODELS, STEPS

import torch_npu

OF_TRANSFORMERS = {"bert", "clip", "gpt2", "llama", "mixtral", "t5", "whisper"}


@pytest.fixture(scope="module", params=sorted(MODELS))
def made(request):
    """A model, and its losses and first gradients on the CPU."""
    if request.param in OF_TRANSFORMERS:
        pytest.importorskip("transformers")
    torch.manual_seed(0)
    step = MODELS[request.param]()
    step.module.train()
    return step, *train(step, "cpu")[:2]


def train(step, device, dtype=None, module=None):
    """The loss of each step, the first step's gradients, and the operators that ran on the CPU instead."""
    module = (module or copy.deepcopy(step.module)).to(device)
    optimizer = step.optimizer(module.parameters())
    # A scale that overflows skips a step: from 2**16 on, the first ones here.
    scaler = torch.amp.GradScaler(device, init_scale=2.0**10, enabled=dtype is torch.float16)
    losses, grads, before = [], [], torch_npu.fallback_counts()
    for i in range(STEPS):
        with torch.autocast(device, dtype=dtype, enabled=dtype is not None):
            loss = step.loss(module, i, device)
        optimizer.zero_grad()
        scaler.scale(loss).backward()
        grads = grads or [(name, p.grad) for name, p in module.named_parameters() if p.grad is not None]
        scaler.step(optimizer)
        scaler.update()
        losses.append(loss.detach())
    losses = [x.item() for x in losses]
    return losses, grads, sorted(k for k, n in torch_npu.fallback_counts().items() if n != before.get(k, 0))


def test_fp32(made):
    step, want, want_grads = made
    got, grads, fallbacks = train(step, "npu")
    assert not fallbacks
    assert got == pytest.approx(want, rel=1e-4)
    # Some gradients are nothing but rounding, as a bias's before a batch norm: such are small against the others.
    noise = 1e-6 * math.hypot(*(w.norm().item() for _, w in want_grads))
    for (name, g), (same, w) in zip(grads, want_grads, strict=True):
        assert name == same and (g.cpu() - w).norm() <= 1e-4 * w.norm() + noise, name


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16], ids=["bf16", "fp16"])
def test_mixed_precision(made, dtype):
    step, want, _ = made
    got, _, fallbacks = train(step, "npu", dtype)
    assert not fallbacks
    assert all(map(math.isfinite, got))
    assert got == pytest.approx(want, rel=0.02)


def test_flash_attention_in_transformers():
    """transformers' own way to npu_fusion_attention."""
    pytest.importorskip("transformers")
    torch.manual_seed(0)
    step = MODELS["llama"]()
    want = train(step, "cpu")[0]
    module = copy.deepcopy(step.module).to("npu", torch.bfloat16)
    module.set_attn_implementation("flash_attention_2")
    got, _, fallbacks = train(step, "npu", module=module)
    assert not fallbacks
    assert got == pytest.approx(want, rel=0.02)


@pytest.mark.parametrize("name", ["gpt2", "llama", "t5"])
def test_generates_as_the_cpu(name):
    pytest.importorskip("transformers")
    torch.manual_seed(0)
    module = MODELS[name]().module.eval()
    ids = torch.randint(3, 120, (2, 9))
    mask = torch.ones_like(ids)
    mask[0, :3] = 0
    fixed = {"max_new_tokens": 6, "num_beams": 2, "repetition_penalty": 1.2, "pad_token_id": 0, "eos_token_id": 2}
    want = module.generate(ids, attention_mask=mask, **fixed)
    before = torch_npu.fallback_counts()
    got = copy.deepcopy(module).npu().generate(ids.npu(), attention_mask=mask.npu(), **fixed)
    assert torch.equal(got.cpu(), want)
    assert torch_npu.fallback_counts() == before
