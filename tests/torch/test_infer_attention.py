"""Attention of inference in torch_npu against attention written out on the CPU: prefill, decoding, a paged cache."""

import math

import pytest
import torch

import torch_npu

B, N, NKV, D = 2, 4, 2, 16
SCALE = 1 / math.sqrt(D)
COMPRESSED = torch.ones(2048, 2048).triu(1).bool()


def reference(q, k, v, masked=None, sink=None):
    """The attention of one sequence, [N, S, D], and the logarithm of each row's sum."""
    q, k, v = q.double(), k.double(), v.double()
    k, v = (t.repeat_interleave(N // NKV, 0) for t in (k, v))
    scores = q @ k.transpose(-1, -2) * SCALE
    if masked is not None:
        scores = scores.masked_fill(masked, float("-inf"))
    if sink is not None:
        scores = torch.cat([scores, sink.double().view(-1, 1, 1).expand(N, q.size(1), 1)], -1)
    return scores.softmax(-1)[..., : k.size(1)] @ v, scores.logsumexp(-1, keepdim=True)


def later(queries, keys):
    return torch.arange(keys) > torch.arange(queries).unsqueeze(1) + keys - queries


def half(*sizes):
    return torch.randn(*sizes).half()


def close(got, want):
    torch.testing.assert_close(got.cpu(), want.to(got.dtype), rtol=2e-3, atol=1e-3)


@pytest.fixture(autouse=True)
def seed():
    torch.manual_seed(0)


HEADS = {"num_heads": N, "num_key_value_heads": NKV}
LAYOUTS = {
    "BNSD": (lambda t: t, lambda t: t),
    "BSND": (lambda t: t.transpose(1, 2).contiguous(), lambda t: t.transpose(1, 2)),
    "BSH": (lambda t: t.transpose(1, 2).flatten(2), lambda t: t.transpose(1, 2).flatten(2)),
    "BNSD_BSND": (lambda t: t, lambda t: t.transpose(1, 2)),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_prefill(layout):
    q, k, v = half(B, N, 6, D), half(B, NKV, 6, D), half(B, NKV, 6, D)
    place, result = LAYOUTS[layout]
    want = [reference(q[b], k[b], v[b], later(6, 6)) for b in range(B)]
    fixed = {"atten_mask": COMPRESSED.npu(), "sparse_mode": 3, "input_layout": layout, **HEADS}
    on_npu = [place(t).npu() for t in (q, k, v)]
    got, lse = torch_npu.npu_fused_infer_attention_score(*on_npu, scale=SCALE, softmax_lse_flag=True, **fixed)
    close(got, result(torch.stack([w[0] for w in want])))
    close(lse, torch.stack([w[1] for w in want]))
    close(torch_npu.npu_prompt_flash_attention(*on_npu, scale_value=SCALE, **fixed), got.cpu())


def test_decoding_over_what_is_there():
    q, k, v = half(B, N, 1, D), half(B, NKV, 9, D), half(B, NKV, 9, D)
    lengths = [9, 4]
    want = torch.stack([reference(q[b], k[b, :, :n], v[b, :, :n])[0] for b, n in enumerate(lengths)])
    on_npu = [t.npu() for t in (q, k, v)]
    fixed = {"input_layout": "BNSD", **HEADS}
    got = torch_npu.npu_incre_flash_attention(*on_npu, actual_seq_lengths=lengths, scale_value=SCALE, **fixed)
    close(got, want)
    got, none = torch_npu.npu_fused_infer_attention_score(*on_npu, actual_seq_lengths_kv=lengths, scale=SCALE, **fixed)
    close(got, want)
    assert none.numel() == 0


def test_paged_cache_end_to_end():
    """As a server decodes and prefills at once: queries end to end, keys and values in pages."""
    pages_k, pages_v = half(6, 16, NKV * D), half(6, 16, NKV * D)
    table = torch.tensor([[3, 0], [5, 0]], dtype=torch.int32)
    q, ends, cached = half(5, N, D), [1, 5], [20, 7]
    sink = torch.randn(N)
    parts = []
    for b, n in enumerate(cached):
        k, v = (p[table[b].long()].flatten(0, 1)[:n].unflatten(1, (NKV, D)).transpose(0, 1) for p in (pages_k, pages_v))
        part = q[ends[b - 1] if b else 0 : ends[b]].transpose(0, 1)
        parts.append(reference(part, k, v, later(part.size(1), n), sink)[0].transpose(0, 1))
    got, _ = torch_npu.npu_fused_infer_attention_score_v2(
        q.npu(), pages_k.npu(), pages_v.npu(), atten_mask=COMPRESSED.npu(), sparse_mode=3, input_layout="TND",
        actual_seq_qlen=ends, actual_seq_kvlen=cached, block_table=table.npu(), block_size=16, learnable_sink=sink.npu(),
        num_query_heads=N, num_key_value_heads=NKV, softmax_scale=SCALE,
    )  # fmt: skip
    close(got, torch.cat(parts))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"input_layout": "SBH"}, "layout"),
        ({"num_heads": 3}, "num_heads"),
        ({"num_key_value_heads": 3}, "num_key_value_heads"),
        ({"sparse_mode": 3}, "atten_mask"),
        ({"sparse_mode": 5}, "UNSUPPORTED: sparse_mode"),
        ({"actual_seq_lengths_kv": [10]}, "actual_seq_lengths_kv"),
        ({"antiquant_scale": torch.ones(2).half()}, "UNIMPLEMENTED: quantized"),
    ],
)
def test_refuses(change, says):
    q, k, v = (t.npu() for t in (half(B, N, 6, D), half(B, NKV, 6, D), half(B, NKV, 6, D)))
    arguments = {"input_layout": "BNSD", **HEADS, **change}
    arguments = {a: x.npu() if isinstance(x, torch.Tensor) else x for a, x in arguments.items()}
    with pytest.raises(RuntimeError, match=says):
        torch_npu.npu_fused_infer_attention_score(q, k, v, **arguments)


def test_refuses_float32():
    q = torch.randn(1, N, 2, D).npu()
    with pytest.raises(RuntimeError, match="float16 or bfloat16"):
        torch_npu.npu_prompt_flash_attention(q, q, q, num_heads=N, input_layout="BNSD")
