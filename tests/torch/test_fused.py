"""torch_npu's functions for language models: each against its formula on the CPU, gradients against autograd's."""

import pytest
import torch

import torch_npu

HALF = pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16], ids=str)


def leaf(*sizes, dtype=torch.float32):
    return torch.randn(sizes).to(dtype).requires_grad_(True)


def agree(function, formula, *leaves):
    """One output, and the gradients of all leaves, on the NPU as the formula gives them on the CPU."""
    there = [x.detach().npu().requires_grad_(x.requires_grad) for x in leaves]
    # The device computes in float32, and rounds what it stores.
    here = [x.detach().float().requires_grad_(x.requires_grad) for x in leaves]
    actual, expected = function(*there), formula(*here)
    torch.testing.assert_close(actual.cpu(), expected.to(actual.dtype))
    weight = torch.randn_like(expected)
    actual.backward(weight.to(actual.dtype).npu())
    expected.backward(weight.to(actual.dtype).float())
    for a, b in zip(there, here, strict=True):
        if b.requires_grad:
            assert a.grad.dtype == a.dtype
            # A gradient may be a sum of terms that were rounded to its dtype.
            atol, rtol = (2e-2, 1.6e-2) if a.dtype == torch.bfloat16 else (1e-5, 1.3e-6)
            torch.testing.assert_close(a.grad.cpu(), b.grad.to(a.dtype), atol=atol, rtol=rtol)


def rms(x, gamma, epsilon=1e-6):
    return x * (x.square().mean(-1, keepdim=True) + epsilon).rsqrt() * gamma


@HALF
def test_rms_norm(dtype):
    agree(lambda *a: torch_npu.npu_rms_norm(*a)[0], rms, leaf(2, 3, 16, dtype=dtype), leaf(16, dtype=dtype))
    y, rstd = torch_npu.npu_rms_norm(torch.ones(2, 3, 16).npu(), torch.ones(3, 16).npu(), epsilon=3.0)
    assert rstd.shape == (2, 1, 1) and rstd.dtype == torch.float32 and not rstd.requires_grad
    torch.testing.assert_close(y.cpu(), torch.full((2, 3, 16), 0.5))


def test_add_rms_norm():
    a, b, gamma = torch.randn(3, 2, 5, 8).chunk(3)[0][0], torch.randn(2, 5, 8), torch.randn(8)
    y, rstd, x = torch_npu.npu_add_rms_norm(a.npu(), b.npu(), gamma.npu(), 1e-5)
    torch.testing.assert_close(x.cpu(), a + b)
    torch.testing.assert_close(y.cpu(), rms(a + b, gamma, 1e-5))
    assert rstd.shape == (2, 5, 1)


@HALF
@pytest.mark.parametrize("dim", [-1, 0])
def test_swiglu(dtype, dim):
    def formula(x):
        a, b = x.chunk(2, dim)
        return torch.nn.functional.silu(a) * b

    agree(lambda x: torch_npu.npu_swiglu(x, dim), formula, leaf(4, 6, dtype=dtype))


def test_add_layer_norm():
    gamma, beta = leaf(8), leaf(8)

    def function(a, b, gamma, beta):
        y, _, _, x = torch_npu.npu_add_layer_norm(a, b, gamma, beta, 1e-5, additional_output=True)
        return y * 2 + x

    def formula(a, b, gamma, beta):
        return torch.nn.functional.layer_norm(a + b, (8,), gamma, beta, 1e-5) * 2 + a + b

    agree(function, formula, leaf(2, 5, 8), leaf(2, 5, 8), gamma, beta)


def test_deep_norm():
    def formula(x, gx, beta, gamma):
        return torch.nn.functional.layer_norm(x * 0.3 + gx, (8,), gamma, beta, 1e-6)

    agree(lambda *a: torch_npu.npu_deep_norm(*a)[2], formula, leaf(2, 5, 8), leaf(2, 5, 8), leaf(8), leaf(8))


def test_group_norm_swish():
    def formula(x, weight, bias):
        y = torch.nn.functional.group_norm(x, 2, weight, bias, 1e-5)
        return y * (y * 1.5).sigmoid()

    def function(x, weight, bias):
        return torch_npu.npu_group_norm_swish(x, 2, weight, bias, swish_scale=1.5)[0]

    agree(function, formula, leaf(3, 4, 5, 5), leaf(4), leaf(4))
    agree(function, formula, leaf(3, 4, 5, 5), torch.randn(4), torch.randn(4))


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_cross_entropy_loss(reduction):
    target, weight = torch.randint(0, 7, (6,)), torch.rand(7)

    def formula(x):
        return torch.nn.functional.cross_entropy(x, target, weight, reduction=reduction, ignore_index=3).reshape(-1)

    def function(x):
        return torch_npu.npu_cross_entropy_loss(x, target.npu(), weight.npu(), reduction, ignore_index=3)[0]

    agree(function, formula, leaf(6, 7))
    with pytest.raises(RuntimeError, match="UNSUPPORTED: the device does not compute zloss"):
        torch_npu.npu_cross_entropy_loss(torch.randn(6, 7).npu(), target.npu(), return_zloss=True)


@HALF
def test_gelus(dtype):
    x = leaf(4, 6, dtype=dtype)
    agree(torch_npu.npu_fast_gelu, lambda x: x * (x * 1.702).sigmoid(), x)
    agree(torch_npu.npu_gelu, torch.nn.functional.gelu, x)
    agree(
        lambda x: torch_npu.npu_gelu(x, approximate="tanh"),
        lambda x: torch.nn.functional.gelu(x, approximate="tanh"),
        x,
    )


@pytest.mark.parametrize("left", [False, True])
def test_geglu(left):
    def formula(x):
        a, b = x.chunk(2, -1) if left else x.chunk(2, -1)[::-1]
        return torch.nn.functional.gelu(a, approximate="tanh") * b

    agree(lambda x: torch_npu.npu_geglu(x, activate_left=left)[0], formula, leaf(4, 6))


def test_clipped_swiglu():
    x = torch.randn(5, 8)
    gate, linear = x[:, ::2].clamp(max=0.5), x[:, 1::2].clamp(-0.5, 0.5)
    expected = gate * (gate * 1.702).sigmoid() * (linear + 1)
    torch.testing.assert_close(torch_npu.npu_clipped_swiglu(x.npu(), limit=0.5).cpu(), expected)
    some = torch_npu.npu_clipped_swiglu(x.npu(), limit=0.5, group_index=torch.tensor([1, 2]).npu()).cpu()
    torch.testing.assert_close(some, expected * (torch.arange(5) < 3).unsqueeze(1))


def test_softmaxes():
    mask = torch.rand(2, 1, 4, 4) < 0.3

    def formula(x):
        return (x * 0.5).masked_fill(mask, -10000).softmax(-1)

    agree(lambda x: torch_npu.npu_scaled_masked_softmax(x, mask.npu(), 0.5), formula, leaf(2, 3, 4, 4))
    agree(
        lambda x: torch_npu.npu_scaled_masked_softmax(x, mask.npu(), 2, True),
        lambda x: (x * 2).masked_fill(torch.ones(4, 4).bool().triu(1), -10000).softmax(-1),
        leaf(2, 3, 4, 4),
    )
    x, windows, bias = torch.randn(6, 3, 4, 4), torch.randn(2, 4, 4), torch.randn(3, 4, 4)
    expected = (x.view(3, 2, 3, 4, 4) + windows.unsqueeze(1) + bias).softmax(-1).view(6, 3, 4, 4)
    out = torch_npu.npu_masked_softmax_with_rel_pos_bias(x.npu(), windows.npu(), bias.npu())
    torch.testing.assert_close(out.cpu(), expected)


def turn_halves(x):
    a, b = x.chunk(2, -1)
    return torch.cat((-b, a), -1)


def turn_neighbours(x):
    return torch.stack((-x[..., 1::2], x[..., ::2]), -1).flatten(-2)


@HALF
@pytest.mark.parametrize(("mode", "turn"), [("half", turn_halves), ("interleave", turn_neighbours)])
def test_rotary_mul(dtype, mode, turn):
    x, cos, sin = leaf(2, 5, 3, 8, dtype=dtype), leaf(1, 5, 1, 8, dtype=dtype), leaf(1, 5, 1, 8, dtype=dtype)

    def function(*a):
        return torch_npu.npu_rotary_mul(*a, rotary_mode=mode)

    agree(function, lambda x, c, s: x * c + turn(x) * s, x, cos, sin)
    agree(function, lambda x, c, s: x * c + turn(x) * s, x, cos.detach(), sin.detach())
    with pytest.raises(RuntimeError, match="rotary_mode"):
        torch_npu.npu_rotary_mul(x.npu(), cos.npu(), sin.npu(), "thirds")


def test_rotary_mul_by_a_matrix():
    x, cos, sin, matrix = leaf(2, 5, 3, 8), torch.randn(1, 5, 1, 8), torch.randn(1, 5, 1, 8), torch.randn(8, 8)
    out = torch_npu.npu_rotary_mul(x.npu(), cos.npu(), sin.npu(), rotate=matrix.npu())
    torch.testing.assert_close(out.cpu(), x * cos + x @ matrix * sin)


def test_moe_gating_top_k_softmax():
    x, finished = torch.randn(5, 8), torch.tensor([0, 0, 1, 0, 0]).bool()
    y, experts, rows = torch_npu.npu_moe_gating_top_k_softmax(x.npu(), finished.npu(), k=2)
    weights, chosen = x.softmax(-1).topk(2)
    torch.testing.assert_close(y.cpu(), weights)
    assert torch.equal(experts.cpu(), torch.where(finished[:, None], 8, chosen).int())
    assert torch.equal(rows.cpu(), torch.arange(10).view(2, 5).T.int())


def test_moe_gating_top_k():
    x, bias = torch.randn(5, 16), torch.randn(16)
    y, experts, out = torch_npu.npu_moe_gating_top_k(x.npu(), 3, bias=bias.npu(), norm_type=1, out_flag=True)
    chosen = (x.sigmoid() + bias).topk(3)[1]
    weights = x.sigmoid().gather(1, chosen)
    assert torch.equal(experts.cpu(), chosen.int())
    torch.testing.assert_close(y.cpu(), weights / weights.sum(-1, keepdim=True))
    torch.testing.assert_close(out.cpu(), x.sigmoid())


@HALF
def test_moe_tokens_go_to_their_experts_and_come_back(dtype):
    indices, probs = torch.randint(0, 4, (6, 2)), leaf(6, 2, dtype=dtype)
    order = indices.flatten().argsort(stable=True)

    def there(tokens, probs):
        permuted, sorted_indices = torch_npu.npu_moe_token_permute(tokens, indices.npu())
        return torch_npu.npu_moe_token_unpermute(permuted * 2, sorted_indices, probs)

    def here(tokens, probs):
        permuted = tokens[order // 2] * 2
        return (permuted[order.argsort()].view(6, 2, -1) * probs.unsqueeze(-1)).sum(1)

    agree(there, here, leaf(6, 8, dtype=dtype), probs)


def test_moe_tokens_without_weights():
    tokens, indices = leaf(6, 8), torch.randint(0, 4, (6,))
    permuted, places = torch_npu.npu_moe_token_permute(tokens.npu(), indices.npu(), num_out_tokens=4)
    torch.testing.assert_close(permuted.cpu(), tokens[indices.argsort(stable=True)[:4]])
    assert not places.requires_grad

    def function(tokens):
        return torch_npu.npu_moe_token_unpermute(*torch_npu.npu_moe_token_permute(tokens, indices.npu(), 4))

    def formula(tokens):
        return tokens * (indices.argsort(stable=True).argsort() < 4).unsqueeze(1)

    agree(function, formula, tokens)


def test_moe_layer():
    """Init, experts, finalize: what a mixture with one weight for each expert computes."""
    x, weights = torch.randn(5, 8), torch.randn(4)
    scales, experts, rows = torch_npu.npu_moe_gating_top_k_softmax(torch.randn(5, 4).npu(), k=2)
    moved, places, sorted_experts = torch_npu.npu_moe_init_routing(x.npu(), rows, experts, 5)
    ends = torch_npu.npu_moe_compute_expert_tokens(sorted_experts, 4)
    assert torch.equal(ends.cpu(), experts.cpu().flatten().bincount(minlength=4).cumsum(0).int())
    results = moved * weights.npu()[sorted_experts.long()].unsqueeze(1)
    out = torch_npu.npu_moe_finalize_routing(results, None, None, None, scales, places, experts)
    share = (weights[experts.cpu().long()] * scales.cpu()).sum(1, keepdim=True)
    torch.testing.assert_close(out.cpu(), x * share)


def test_refusals_say_why():
    x = torch.randn(4, 6).npu()
    with pytest.raises(RuntimeError, match="gamma"):
        torch_npu.npu_rms_norm(x, torch.ones(5).npu())
    with pytest.raises(RuntimeError, match="padded_mode"):
        torch_npu.npu_moe_token_permute(x, torch.zeros(4, 2).long().npu(), padded_mode=True)
    with pytest.raises(RuntimeError, match="int64 or int32"):
        torch_npu.npu_moe_token_permute(x, torch.zeros(4, 2).npu())


@pytest.mark.parametrize("padded", [False, True])
def test_moe_by_a_routing_map(padded):
    routing = torch.stack([torch.randperm(4) < 2 for _ in range(6)])
    order = routing.T.nonzero()[:, 1]
    if padded:
        order = routing.T.int().argsort(stable=True, descending=True)[:, :3].flatten()
    rows = order.numel()

    def there(tokens, probs):
        here, kept = routing.npu(), {"drop_and_pad": padded}
        permuted, weights, places = torch_npu.npu_moe_token_permute_with_routing_map(
            tokens, here, probs=probs, num_out_tokens=rows, **kept
        )
        rows_out = permuted * weights.unsqueeze(1)
        return torch_npu.npu_moe_token_unpermute_with_routing_map(
            rows_out, places, [6, 8], probs=probs, routing_map=here, **kept
        )

    def here(tokens, probs):
        expert = torch.arange(4).repeat_interleave(3) if padded else routing.T.nonzero()[:, 0]
        share = probs[order, expert].unsqueeze(1)
        return torch.zeros(6, 8).index_add(0, order, tokens[order] * share * share)

    agree(there, here, leaf(6, 8), leaf(6, 4))
    permuted, weights, places = torch_npu.npu_moe_token_permute_with_routing_map(
        torch.randn(6, 8).npu(), routing.npu(), num_out_tokens=rows, drop_and_pad=padded
    )
    assert weights is None or weights.numel() == 0
    out = torch_npu.npu_moe_token_unpermute_with_routing_map(permuted, places, [6, 8], drop_and_pad=padded)
    torch.testing.assert_close(out.cpu(), torch.zeros(6, 8).index_add(0, order, permuted.cpu()))
