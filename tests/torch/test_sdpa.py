"""scaled_dot_product_attention: the device's fused way, and when the way of math is taken."""

import pytest
import torch
import torch.nn.functional as F
from torch.nn.attention import SDPBackend, sdpa_kernel

import torch_npu  # noqa: F401

TOLERANCE = {torch.float32: 1e-5, torch.float16: 6e-3, torch.bfloat16: 6e-2}
FUSED, MATH = "ScaledDotProductFusedAttentionOverrideableBackward0", "UnsafeViewBackward0"


def inputs(dtype, queries, keys, heads, key_heads):
    torch.manual_seed(0)
    sizes = ((2, heads, queries, 16), (2, key_heads, keys, 16), (2, key_heads, keys, 16))
    return [torch.randn(size, dtype=dtype, requires_grad=True) for size in sizes]


def on_npu(tensors):
    return [t.detach().npu().requires_grad_() for t in tensors]


@pytest.mark.parametrize("dtype", TOLERANCE, ids=str)
@pytest.mark.parametrize("causal", [False, True], ids=["whole", "causal"])
@pytest.mark.parametrize("lengths", [(7, 10), (600, 580), (1, 5)], ids=str)
@pytest.mark.parametrize("key_heads", [4, 2])
def test_it_is_what_the_cpu_gives(dtype, causal, lengths, key_heads):
    on_cpu = inputs(dtype, *lengths, 4, key_heads)
    moved = on_npu(on_cpu)
    options = {"is_causal": causal, "enable_gqa": key_heads != 4}
    want, got = F.scaled_dot_product_attention(*on_cpu, **options), F.scaled_dot_product_attention(*moved, **options)
    assert got.grad_fn.name() == FUSED
    grad = torch.randn_like(want)
    want.backward(grad), got.backward(grad.npu())
    for w, g in zip([want, *(t.grad for t in on_cpu)], [got, *(t.grad for t in moved)]):
        torch.testing.assert_close(g.cpu(), w, atol=TOLERANCE[dtype], rtol=TOLERANCE[dtype])


def test_a_mask_takes_the_way_of_math():
    on_cpu = inputs(torch.float32, 5, 6, 4, 4)
    mask = torch.rand(5, 6) > 0.3
    got = F.scaled_dot_product_attention(*on_npu(on_cpu), attn_mask=mask.npu())
    torch.testing.assert_close(got.cpu(), F.scaled_dot_product_attention(*on_cpu, attn_mask=mask))


def test_dropout_is_the_generators():
    q, k, v = on_npu(inputs(torch.float32, 64, 64, 4, 4))
    results = []
    for seed in (1, 1, 2):
        torch.manual_seed(seed)
        results.append(F.scaled_dot_product_attention(q, k, v, dropout_p=0.5))
    assert torch.equal(results[0], results[1]) and not torch.equal(results[0], results[2])
    # The gradient drops what the result dropped: it is linear in the values.
    value_grad = torch.autograd.grad(results[0].sum(), v)[0]
    torch.testing.assert_close((value_grad * v).sum(), results[0].sum(), atol=1e-3, rtol=1e-4)


def test_the_users_choice_of_a_way_holds():
    q, k, v = on_npu(inputs(torch.float32, 5, 5, 4, 4))
    with sdpa_kernel(SDPBackend.FLASH_ATTENTION):
        assert F.scaled_dot_product_attention(q, k, v).grad_fn.name() == FUSED
        with pytest.raises(RuntimeError, match="without attn_mask; allow SDPBackend.MATH"):
            F.scaled_dot_product_attention(q, k, v, attn_mask=torch.zeros(5, 5).npu())
    with sdpa_kernel(SDPBackend.MATH):
        assert F.scaled_dot_product_attention(q, k, v).grad_fn.name() == MATH
