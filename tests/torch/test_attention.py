"""torch_npu.npu_fusion_attention against attention written out on the CPU: layouts, modes, grouped heads, gradients."""

import pytest
import torch

import torch_npu

B, N, NKV, S, SKV, D = 2, 4, 2, 6, 9, 8
TO_LAYOUT = {
    "BNSD": lambda t: t,
    "BSND": lambda t: t.transpose(1, 2),
    "BSH": lambda t: t.transpose(1, 2).flatten(2),
    "SBH": lambda t: t.permute(2, 0, 1, 3).flatten(2),
}


def reference(q, k, v, scale, masked=None, pse=None, sink=None):
    """Attention of [B, N, S, D] in float64; a row that is masked whole gives zeros."""
    q, k, v = q.double(), k.double(), v.double()
    k, v = (t.repeat_interleave(q.size(1) // t.size(1), 1) for t in (k, v))
    scores = q @ k.transpose(-1, -2)
    if pse is not None:
        scores = scores + pse.double()
    scores = scores * scale
    if masked is not None:
        scores = scores.masked_fill(masked, float("-inf"))
    if sink is not None:
        scores = torch.cat([scores, sink.double().view(-1, 1, 1).expand(*scores.shape[:3], 1)], -1)
    return scores.softmax(-1)[..., : k.size(2)].nan_to_num(0.0) @ v


def inputs(dtype=torch.float32):
    torch.manual_seed(0)
    return [torch.randn(B, n, s, D).to(dtype) for n, s in ((N, S), (NKV, SKV), (NKV, SKV))]


def causal(shift=0):
    return torch.arange(SKV) > torch.arange(S).unsqueeze(1) + shift


COMPRESSED = torch.ones(2048, 2048).triu(1).bool()
MODES = {
    "none": ({}, None),
    "default": ({"atten_mask": causal(2)}, causal(2)),
    "all": ({"atten_mask": causal(1).expand(B, 1, S, SKV), "sparse_mode": 1}, causal(1)),
    "top left": ({"atten_mask": COMPRESSED, "sparse_mode": 2}, causal()),
    "bottom right": ({"atten_mask": COMPRESSED, "sparse_mode": 3}, causal(SKV - S)),
    "band": (
        {"atten_mask": COMPRESSED, "sparse_mode": 4, "pre_tockens": 2, "next_tockens": 1},
        causal(SKV - S + 1) | (torch.arange(SKV) < torch.arange(S).unsqueeze(1) + SKV - S - 2),
    ),
}


@pytest.mark.parametrize("layout", TO_LAYOUT)
@pytest.mark.parametrize("mode", MODES)
def test_layouts_and_modes(layout, mode):
    arguments, masked = MODES[mode]
    q, k, v = inputs()
    leaves = [t.clone().requires_grad_() for t in (q, k, v)]
    want = reference(*leaves, 0.3, masked)
    weight = torch.linspace(-1, 1, want.numel()).reshape(want.shape)
    want_grads = torch.autograd.grad((want * weight).sum(), leaves)
    place = TO_LAYOUT[layout]
    on_npu = [place(t).contiguous().npu().requires_grad_() for t in (q, k, v)]
    arguments = {a: x.npu() if isinstance(x, torch.Tensor) else x for a, x in arguments.items()}
    got, top, total, *_ = torch_npu.npu_fusion_attention(*on_npu, N, layout, scale=0.3, **arguments)
    torch.testing.assert_close(got.cpu(), place(want).float(), rtol=1e-5, atol=1e-5)
    assert top.shape == total.shape == (B, N, S, 8) and top.dtype == torch.float32
    grads = torch.autograd.grad((got * place(weight).npu()).sum(), on_npu)
    for g, w in zip(grads, want_grads, strict=True):
        torch.testing.assert_close(g.cpu(), place(w).float(), rtol=1e-4, atol=1e-5)


def test_position_bias_has_a_gradient():
    q, k, v = inputs()
    pse = torch.randn(1, N, S, SKV)
    leaf = pse.clone().requires_grad_()
    want = reference(q, k, v, 0.5, pse=leaf)
    (want_grad,) = torch.autograd.grad(want.square().sum(), leaf)
    npu_pse = pse.npu().requires_grad_()
    got = torch_npu.npu_fusion_attention(q.npu(), k.npu(), v.npu(), N, "BNSD", pse=npu_pse, scale=0.5)[0]
    torch.testing.assert_close(got.cpu(), want.detach().float(), rtol=1e-5, atol=1e-5)
    (grad,) = torch.autograd.grad(got.square().sum(), npu_pse)
    torch.testing.assert_close(grad.cpu(), want_grad.float(), rtol=1e-4, atol=1e-5)


def test_sink_has_a_gradient():
    q, k, v = inputs()
    sink = torch.linspace(-1, 1, N)
    leaf = sink.clone().requires_grad_()
    want = reference(q, k, v, 0.5, sink=leaf)
    (want_grad,) = torch.autograd.grad(want.square().sum(), leaf)
    on_npu = sink.npu().requires_grad_()
    got = torch_npu.npu_fusion_attention(q.npu(), k.npu(), v.npu(), N, "BNSD", sink=on_npu, scale=0.5)[0]
    torch.testing.assert_close(got.cpu(), want.detach().float(), rtol=1e-5, atol=1e-5)
    (grad,) = torch.autograd.grad(got.square().sum(), on_npu)
    torch.testing.assert_close(grad.cpu(), want_grad.float(), rtol=1e-4, atol=1e-5)


Q_LENGTHS, KV_LENGTHS = (3, 5, 2), (4, 5, 6)
ENDS = {
    "actual_seq_qlen": torch.tensor(Q_LENGTHS).cumsum(0).tolist(),
    "actual_seq_kvlen": torch.tensor(KV_LENGTHS).cumsum(0).tolist(),
}


def sequences(*widths):
    """A query, a key and a value, [T, N, D], for each of three widths."""
    torch.manual_seed(1)
    heads, lengths = (N, NKV, NKV), (Q_LENGTHS, KV_LENGTHS, KV_LENGTHS)
    return [torch.randn(sum(s), n, d) for s, n, d in zip(lengths, heads, widths)]


def end_to_end(q, k, v, scale, sink=None):
    """Causal attention of each sequence, from its end; and the greatest score of each row, [N, S] a sequence."""
    parts, tops = [], []
    for one in zip(*(t.split(n) for t, n in zip((q, k, v), (Q_LENGTHS, KV_LENGTHS, KV_LENGTHS)))):
        a, b, c = (t.transpose(0, 1).unsqueeze(0) for t in one)
        masked = torch.arange(b.size(2)) > torch.arange(a.size(2)).unsqueeze(1) + b.size(2) - a.size(2)
        parts.append(reference(a, b, c, scale, masked, sink=sink)[0].transpose(0, 1))
        scores = (a @ b.repeat_interleave(N // NKV, 1).transpose(-1, -2) * scale).masked_fill(masked, float("-inf"))
        tops.append(scores.amax(-1)[0])
    return torch.cat(parts), tops


def test_sequences_end_to_end():
    q, k, v = sequences(D, D, D)
    leaves = [t.clone().requires_grad_() for t in (q, k, v)]
    want, tops = end_to_end(*leaves, 0.4)
    want_grads = torch.autograd.grad(want.square().sum(), leaves)
    for layout in "", "TND":
        on_npu = [t.npu().requires_grad_() for t in (q, k, v)]
        got, top, *_ = torch_npu.npu_fusion_attention(
            *on_npu, N, "TND", scale=0.4, atten_mask=COMPRESSED.npu(), sparse_mode=3, softmax_layout=layout, **ENDS
        )
        assert top.shape == (len(q), N, 8)
        # A sequence's part of the statistics is [N, S] in memory, or [S, N] where that is asked for.
        want_top = torch.cat([(t.T if layout else t).flatten() for t in tops])
        torch.testing.assert_close(top[..., 0].flatten().cpu(), want_top.detach())
        torch.testing.assert_close(got.cpu(), want.detach().float(), rtol=1e-5, atol=1e-5)
        for g, w in zip(torch.autograd.grad(got.square().sum(), on_npu), want_grads, strict=True):
            torch.testing.assert_close(g.cpu(), w.float(), rtol=1e-4, atol=1e-5)


def test_second_form_takes_a_rope_part_and_a_sink():
    q, k, v = sequences(D, D, D)
    q_rope, k_rope, _ = sequences(4, 4, 4)
    leaves = [t.clone().requires_grad_() for t in (q, k, v, q_rope, k_rope, torch.linspace(-1, 1, N))]
    whole = [torch.cat([leaves[i], leaves[i + 3]], -1) for i in (0, 1)]
    want, _ = end_to_end(*whole, leaves[2], 0.4, leaves[5])
    want_grads = torch.autograd.grad(want.square().sum(), leaves)
    on_npu = [t.detach().npu().requires_grad_() for t in leaves]
    fixed = {"scale": 0.4, "atten_mask": COMPRESSED.npu(), "sparse_mode": 3, **ENDS}
    parts = {"query_rope": on_npu[3], "key_rope": on_npu[4], "sink": on_npu[5]}
    got = torch_npu.npu_fusion_attention_v2(*on_npu[:3], N, "TND", **parts, **fixed)[0]
    torch.testing.assert_close(got.cpu(), want.detach().float(), rtol=1e-5, atol=1e-5)
    for g, w in zip(torch.autograd.grad(got.square().sum(), on_npu), want_grads, strict=True):
        torch.testing.assert_close(g.cpu(), w.float(), rtol=1e-4, atol=1e-5)


def test_second_form_adds_a_bias_after_scaling():
    q, k, v = (t.npu() for t in inputs())
    pse = torch.randn(1, N, S, SKV).npu()
    added = torch_npu.npu_fusion_attention_v2(q, k, v, N, "BNSD", pse=pse, pse_type=0, scale=0.5)[0]
    scaled = torch_npu.npu_fusion_attention(q, k, v, N, "BNSD", pse=pse / 0.5, scale=0.5)[0]
    torch.testing.assert_close(added, scaled, rtol=1e-5, atol=1e-5)


def test_gradients_as_functions():
    q, k, v = (t.npu().requires_grad_() for t in inputs())
    out, top, total, softmax, seed, offset, numel = torch_npu.npu_fusion_attention(q, k, v, N, "BNSD", keep_prob=0.5)
    grad = torch.randn(out.shape).npu()
    want = torch.autograd.grad(out, (q, k, v), grad)
    saved = {"softmax_max": top, "softmax_sum": total, "softmax_in": softmax, "attention_in": out, "keep_prob": 0.5}
    saved |= {"seed": seed, "offset": offset, "numels": numel}
    got = torch_npu.npu_fusion_attention_grad(q, k, v, grad, N, "BNSD", **saved)
    got_v2 = torch_npu.npu_fusion_attention_grad_v2(q, k, v, grad, N, "BNSD", **saved)
    assert (len(got), len(got_v2)) == (5, 7)
    for i in range(3):
        assert torch.equal(got[i], want[i]) and torch.equal(got_v2[i], want[i])


def test_attention_that_wants_no_gradient():
    q, k, v = (t.npu() for t in inputs())
    out = torch_npu.npu_fusion_attention(q, k, v, N, "bnsd")[0]
    assert not out.requires_grad
    with torch.inference_mode():
        assert torch.equal(torch_npu.npu_fusion_attention(q, k, v, N, "BNSD")[0], out)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_low_precision_rounds_once(dtype):
    q, k, v = inputs(dtype)
    got = torch_npu.npu_fusion_attention(q.npu(), k.npu(), v.npu(), N, "BNSD", scale=0.3)[0]
    torch.testing.assert_close(
        got.cpu(), reference(q, k, v, 0.3).to(dtype), rtol=2e-2 if dtype is torch.bfloat16 else 2e-3, atol=1e-3
    )


def test_dropout_keeps_its_share_and_its_mask():
    torch.npu.manual_seed(5)
    q = torch.zeros(1, 1, 128, 16).npu()
    v = torch.ones(1, 1, 128, 16).npu().requires_grad_()
    out, *_, seed, offset, numel = torch_npu.npu_fusion_attention(q, q, v, 1, "BNSD", keep_prob=0.75)
    assert numel == 128 * 128
    assert out.mean().item() == pytest.approx(1.0, abs=0.05) and out.std().item() > 0.01
    (grad,) = torch.autograd.grad(out.sum(), v)
    torch.testing.assert_close(grad.sum(), out.detach().sum())  # the mask of the gradient is that of the result
    again = torch_npu.npu_fusion_attention(q, q, v, 1, "BNSD", keep_prob=0.75, seed=seed, offset=offset)[0]
    assert torch.equal(again, out)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"input_layout": "NSBD"}, "input_layout"),
        ({"head_num": 0}, "head_num"),
        ({"head_num": 3}, "head_num"),
        ({"keep_prob": 0.0}, "keep_prob"),
        ({"sparse_mode": 9}, "sparse_mode"),
        ({"input_layout": "TND"}, "dimensions"),
        ({"softmax_layout": "TND"}, "softmax_layout"),
        ({"pse": torch.zeros(2, 2)}, "pse"),
        ({"padding_mask": torch.zeros(2, 2)}, "padding_mask"),
    ],
)
def test_refuses(change, says):
    q, k, v = (t.npu() for t in inputs())
    arguments = {"head_num": N, "input_layout": "BNSD", **change}
    arguments = {a: x.npu() if isinstance(x, torch.Tensor) else x for a, x in arguments.items()}
    with pytest.raises(RuntimeError, match=says):
        torch_npu.npu_fusion_attention(q, k, v, **arguments)
        torch.npu.synchronize()
