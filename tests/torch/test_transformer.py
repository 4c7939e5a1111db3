"""torch.nn's transformer layers: in evaluation they take PyTorch's fast path, which is one operator."""

import pytest
import torch

import torch_npu


def outputs(device, build, *inputs, **kwargs):
    torch.manual_seed(0)
    model = build().to(device).eval()
    moved = torch.utils._pytree.tree_map(lambda x: x.to(device) if isinstance(x, torch.Tensor) else x, (inputs, kwargs))
    with torch.no_grad():
        out = model(*moved[0], **moved[1])
    return torch.utils._pytree.tree_map(lambda x: x.cpu() if isinstance(x, torch.Tensor) else x, out)


def encoder(nested=False, **kwargs):
    layer = torch.nn.TransformerEncoderLayer(16, 4, 32, batch_first=True, **kwargs)
    return torch.nn.TransformerEncoder(layer, 2, enable_nested_tensor=nested)


X = torch.linspace(-1, 1, 2 * 5 * 16).reshape(2, 5, 16)
PADDED = torch.tensor([[False] * 5, [False, False, False, True, True]])
CASES = {
    "encoder": (encoder, (X,), {}),
    "norm first, gelu": (lambda: encoder(norm_first=True, activation="gelu"), (X,), {}),
    "causal": (encoder, (X,), {"mask": torch.ones(5, 5).triu(1).bool()}),
    "padded": (encoder, (X,), {"src_key_padding_mask": PADDED}),
    "attention": (lambda: torch.nn.MultiheadAttention(16, 4, batch_first=True), (X, X, X), {}),
    "attention, weights of heads": (
        lambda: torch.nn.MultiheadAttention(16, 4, batch_first=True),
        (X, X, X),
        {"average_attn_weights": False},
    ),
    "attention to other keys": (lambda: torch.nn.MultiheadAttention(16, 4, batch_first=True), (X, X.flip(1), X), {}),
}


@pytest.mark.parametrize("name", CASES)
def test_as_the_cpu(name):
    build, inputs, kwargs = CASES[name]
    before = torch_npu._C.fallback_counts()
    got = outputs("npu", build, *inputs, **kwargs)
    assert torch_npu._C.fallback_counts() == before, "it fell back"
    torch.testing.assert_close(got, outputs("cpu", build, *inputs, **kwargs))


def test_padding_stays_a_mask():
    """Where the CPU's encoder would make a nested tensor, the NPU's keeps the padding: its rows are not defined."""
    got = outputs("npu", lambda: encoder(nested=True), X, src_key_padding_mask=PADDED)
    want = outputs("cpu", lambda: encoder(nested=True), X, src_key_padding_mask=PADDED)
    torch.testing.assert_close(got[~PADDED], want[~PADDED])


def test_refusals():
    with pytest.raises(NotImplementedError, match="nested"):
        torch._nested_tensor_from_mask(X.npu(), ~PADDED.npu())
    with pytest.raises(RuntimeError, match="heads"):
        torch._transform_bias_rescale_qkv(torch.ones(2, 5, 48).npu(), torch.ones(48).npu(), 5)
    with pytest.raises(RuntimeError, match="embed_dim"):
        w, b = torch.ones(48, 16).npu(), torch.ones(48).npu()
        x = X.npu()
        torch._native_multi_head_attention(x, x, x, 17, 4, w, b, w[:16], b[:16])
