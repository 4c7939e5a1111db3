"""torch_npu's functions for inference: rotary embedding of query and key, the paged cache, a ring of attentions."""

import pytest
import torch

import torch_npu


def turn_halves(x):
    a, b = x.chunk(2, -1)
    return torch.cat((-b, a), -1)


def dealt(x):
    """Neighbours become halves."""
    return torch.cat((x[..., ::2], x[..., 1::2]), -1)


def test_apply_rotary_pos_emb():
    query, key = torch.randn(2, 5, 4, 64), torch.randn(2, 5, 1, 64)
    cos, sin = torch.randn(2, 5, 1, 64), torch.randn(2, 5, 1, 64)
    q, k = query.npu(), key.npu()
    out = torch_npu.npu_apply_rotary_pos_emb(q, k, cos.npu(), sin.npu())
    for a, b, x in zip(out, (q, k), (query, key), strict=True):
        assert a.data_ptr() == b.data_ptr()  # in place
        torch.testing.assert_close(a.cpu(), x * cos + turn_halves(x) * sin)
    with pytest.raises(RuntimeError, match="layout is BSND"):
        torch_npu.npu_apply_rotary_pos_emb(q, k, cos.npu(), sin.npu(), layout="NSBD")


def test_interleave_rope():
    x, cos, sin = torch.randn(2, 3, 5, 64), torch.randn(2, 1, 5, 64), torch.randn(2, 1, 5, 64)
    expected = dealt(x) * cos + turn_halves(dealt(x)) * sin
    torch.testing.assert_close(torch_npu.npu_interleave_rope(x.npu(), cos.npu(), sin.npu()).cpu(), expected)


def test_mrope():
    positions, table = torch.randint(0, 9, (3, 5)), torch.randn(9, 128)
    query, key = torch.randn(5, 256), torch.randn(5, 128)
    parts = [part.split((16, 24, 24), -1) for part in table[positions].chunk(2, -1)]
    cos, sin = (torch.cat([p[i][i] for i in range(3)], -1).repeat(1, 2).unsqueeze(1) for p in parts)
    out = torch_npu.npu_mrope(
        positions.npu(), query.npu(), key.npu(), table.npu(), 128, mrope_section=[16, 24, 24], rotary_mode="half"
    )
    for a, x in zip(out, (query, key), strict=True):
        heads = x.view(5, -1, 128)
        torch.testing.assert_close(a.cpu(), (heads * cos + turn_halves(heads) * sin).view(5, -1))


def test_paged_cache():
    """What is scattered into blocks, token by token, is gathered as sequences."""
    key, value, lengths = torch.randn(7, 2, 8), torch.randn(7, 2, 4), torch.tensor([3, 4], dtype=torch.int32)
    tables = torch.tensor([[2, 0], [1, 0]], dtype=torch.int32)
    slots = torch.tensor([8, 9, 10, 4, 5, 6, 7], dtype=torch.int32)
    keys, values = torch.zeros(3, 4, 2, 8).npu(), torch.zeros(3, 4, 2, 4).npu()
    copies = torch_npu.npu_scatter_pa_kv_cache_functional(
        key.npu(), value.npu(), keys, values, slots.npu(), cache_mode="Norm"
    )
    assert not keys.any()
    assert (
        torch_npu.npu_scatter_pa_kv_cache(key.npu(), value.npu(), keys, values, slots.npu(), cache_mode="Norm") is None
    )
    assert torch.equal(copies[0], keys) and torch.equal(copies[1], values)
    assert torch.equal(keys.cpu()[2, :3], key[:3]) and torch.equal(values.cpu()[1], value[3:])
    empty = torch.zeros(7, 2, 8).npu(), torch.zeros(7, 2, 4).npu()
    out = torch_npu.npu_gather_pa_kv_cache_functional(keys, values, tables.npu(), lengths.npu(), *empty)
    torch_npu.npu_gather_pa_kv_cache(keys, values, tables.npu(), lengths.npu(), *empty)
    for a, b, x in zip(out, empty, (key, value), strict=True):
        assert torch.equal(a.cpu(), x) and torch.equal(b.cpu(), x)


def test_kv_rmsnorm_rope_cache():
    kv, gamma = torch.randn(2, 1, 3, 48).half(), torch.randn(32).half()
    cos, sin = torch.randn(2, 1, 3, 16).half(), torch.randn(2, 1, 3, 16).half()
    index = torch.tensor([[4, 0, -1], [1, 2, 3]])
    k_cache, ckv_cache = torch.zeros(2, 1, 5, 16).half().npu(), torch.zeros(2, 1, 5, 32).half().npu()
    out = torch_npu.npu_kv_rmsnorm_rope_cache(
        kv.npu(), gamma.npu(), cos.npu(), sin.npu(), index.npu(), k_cache, ckv_cache, is_output_kv=True
    )
    left, right = kv.float().split((32, 16), -1)
    normal = left / (left.square().mean(-1, keepdim=True) + 1e-5).sqrt() * gamma.float()
    turned = dealt(right) * cos.float() + turn_halves(dealt(right)) * sin.float()
    assert out[0].data_ptr() == k_cache.data_ptr() and out[1].data_ptr() == ckv_cache.data_ptr()
    for cache, given, expected in ((k_cache, out[2], turned), (ckv_cache, out[3], normal)):
        torch.testing.assert_close(given.cpu(), expected.half())
        torch.testing.assert_close(cache.cpu()[1, 0, 1:4], expected.half()[1, 0])
        torch.testing.assert_close(cache.cpu()[0, 0, [4, 0]], expected.half()[0, 0, :2])
        assert not cache[0, 0, 1:4].any()


def test_ring_attention_update():
    """The keys in two halves give what all of them give at once."""
    q, k, v = torch.randn(2, 4, 3, 16), torch.randn(2, 4, 6, 16), torch.randn(2, 4, 6, 16)

    def attention(k, v):
        scores = q @ k.mT
        top = scores.amax(-1, keepdim=True)
        shares = (scores - top).exp()
        out = (shares / shares.sum(-1, keepdim=True)) @ v
        flat = out.permute(2, 0, 1, 3).flatten(2)
        return flat, top.repeat(1, 1, 1, 8), shares.sum(-1, keepdim=True).repeat(1, 1, 1, 8)

    halves = [x.npu() for i in range(2) for x in attention(k.chunk(2, 2)[i], v.chunk(2, 2)[i])]
    for actual, expected in zip(torch_npu.npu_ring_attention_update(*halves), attention(k, v), strict=True):
        torch.testing.assert_close(actual.cpu(), expected)
