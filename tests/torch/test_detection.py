"""torch_npu's functions for detectors and for models that generate, each by a case in which it is something simpler."""

import torch
import torch.nn.functional as F

import torch_npu


def test_a_region_of_whole_pixels_is_a_mean():
    x = torch.randn(2, 3, 8, 8)
    rois = torch.tensor([[1.0, 2.0, 0.0, 6.0, 4.0]])
    got = torch_npu.npu_roi_align(x.npu(), rois.npu(), 1.0, 2, 2, 2, 2)
    torch.testing.assert_close(got.cpu(), F.avg_pool2d(x[1:, :, 0:4, 2:6], 2))


def test_the_gradient_of_a_region_is_spread_over_it():
    rois = torch.tensor([[1.0, 2.0, 0.0, 6.0, 4.0]])
    grad = torch_npu.npu_roi_alignbk(torch.ones(1, 3, 2, 2).npu(), rois.npu(), [2, 3, 8, 8], 2, 2, 1.0, 2, 2).cpu()
    want = torch.zeros(2, 3, 8, 8)
    want[1, :, 0:4, 2:6] = 0.25
    torch.testing.assert_close(grad, want)


def test_offsets_of_zero_deform_nothing():
    x, w, b = torch.randn(2, 4, 6, 7), torch.randn(6, 2, 3, 3), torch.randn(6)
    leaves = [t.requires_grad_() for t in (x, w, b)]
    y = F.conv2d(x, w, b, stride=2, padding=1, dilation=1, groups=2)
    y.square().sum().backward()
    want = [t.grad for t in leaves]

    offset = torch.zeros(2, 3, 9, *y.shape[2:])
    offset[:, 2] = 1
    offset = offset.flatten(1, 2).npu().requires_grad_()
    npu = [t.detach().npu().requires_grad_() for t in leaves]
    got, _ = torch_npu.npu_deformable_conv2d(
        npu[0], npu[1], offset, npu[2], [3, 3], [1, 1, 2, 2], [1, 1, 1, 1], groups=2
    )
    torch.testing.assert_close(got.cpu(), y, rtol=1e-4, atol=1e-5)
    got.square().sum().backward()
    for a, b in zip(npu, want, strict=True):
        torch.testing.assert_close(a.grad.cpu(), b, rtol=1e-4, atol=1e-4)
    assert offset.grad.shape == offset.shape


def test_which_words_may_be_drawn():
    logits = torch.tensor([[1.0, 5.0, 3.0, 2.0], [0.0, 0.0, 9.0, 0.0]])
    k, p = torch.tensor([2, 4], dtype=torch.int32), torch.tensor([1.0, 0.5])
    never = float("-inf")
    got = torch_npu.npu_top_k_top_p(logits.npu(), p.npu(), k.npu())
    assert got.tolist() == [[never, 5.0, 3.0, never], [never, never, 9.0, never]]


def test_the_next_step():
    tokens, positions, lengths, slots = (torch.zeros(3, dtype=torch.int64).npu() for _ in range(4))
    lengths.fill_(5)
    tables = torch.arange(6).reshape(3, 2).npu()
    torch_npu.npu_advance_step_flashattn(tokens, torch.tensor([[7]]).npu(), positions, lengths, slots, tables, 3, 1, 4)
    assert (tokens.tolist(), positions.tolist(), lengths.tolist()) == ([7, 0, 0], [5, 0, 0], [6, 5, 5])
    assert slots.tolist() == [1 * 4 + 1, -1, -1]


def test_windows_of_caches():
    cache, rows = torch.zeros(2, 3, 4), torch.ones(2, 3, 1)
    places = torch.tensor([1, 3])
    got = torch_npu.scatter_update(cache.npu(), places.npu(), rows.npu(), -1)
    want = cache.clone()
    want[0, :, 1] = want[1, :, 3] = 1
    torch.testing.assert_close(got.cpu(), want)
    own = cache.npu()
    assert torch_npu.scatter_update_(own, places.npu(), rows.npu(), 2) is own
    torch.testing.assert_close(own.cpu(), want)

    caches = [torch.zeros(3, 4).npu() for _ in range(2)]
    listed = torch_npu.npu_scatter_list(caches, places.int().npu(), rows.npu(), axis=-1)
    torch.testing.assert_close(torch.stack(listed).cpu(), want)
    assert not any(c.any() for c in caches)
    torch_npu.npu_scatter_list_(caches, places.int().npu(), rows.npu(), torch.tensor([0, 1]).byte().npu(), axis=-1)
    assert not caches[0].any()
    torch.testing.assert_close(caches[1].cpu(), want[1])
