"""torch.save and torch.load, to and from a Python that has no NPU."""

import io

import pytest
import torch


def round_trip(value, **how):
    buffer = io.BytesIO()
    torch.save(value, buffer)
    buffer.seek(0)
    return torch.load(buffer, **how)


def test_round_trip_keeps_the_device():
    x = torch.randn(5, 7, device="npu")
    y = round_trip(x)
    assert y.device == x.device and torch.equal(x.cpu(), y.cpu())


def test_map_location():
    x = torch.randn(5, device="npu")
    for where in ("cpu", torch.device("cpu"), {"npu:0": "cpu"}, lambda storage, location: storage):
        y = round_trip(x, map_location=where)
        assert y.device.type == "cpu" and torch.equal(y, x.cpu())
    for where in ("npu", "npu:0", torch.device("npu", 0)):
        z = round_trip(torch.ones(3), map_location=where)
        assert z.device == torch.device("npu:0") and torch.equal(z.cpu(), torch.ones(3))


def test_devices_are_mapped_and_checked():
    if torch.npu.device_count() > 1:
        x = torch.ones(3, device="npu:1")
        assert round_trip(x).device == torch.device("npu:1")
        assert round_trip(x, map_location="npu:0").device == torch.device("npu:0")
    with pytest.raises(RuntimeError, match="99"):
        round_trip(torch.ones(3), map_location="npu:99")


def test_views_share_their_storage():
    x = torch.arange(10.0, device="npu")
    a, b = round_trip([x[:5], x[3:]])
    assert a.untyped_storage().data_ptr() == b.untyped_storage().data_ptr()
    assert torch.equal(b.cpu(), torch.arange(10.0)[3:])


def test_modules_and_optimizers():
    torch.manual_seed(0)
    model = torch.nn.Linear(4, 2).npu()
    optimizer = torch.optim.SGD(model.parameters(), 0.1, momentum=0.9)
    model(torch.ones(3, 4, device="npu")).sum().backward()
    optimizer.step()
    saved = round_trip({"model": model.state_dict(), "optimizer": optimizer.state_dict()}, map_location="cpu")
    fresh = torch.nn.Linear(4, 2)
    fresh.load_state_dict(saved["model"])
    assert torch.equal(fresh.weight, model.weight.cpu())
    again = torch.nn.Linear(4, 2).npu()
    again.load_state_dict(saved["model"])
    other = torch.optim.SGD(again.parameters(), 0.1, momentum=0.9)
    other.load_state_dict(saved["optimizer"])
    assert other.state[again.weight]["momentum_buffer"].is_npu


def test_a_python_without_torch_npu_reads_it(run_python, tmp_path):
    x = torch.arange(12.0, device="npu").view(3, 4)
    torch.save({"x": x, "t": x.t()}, tmp_path / "npu.pt")
    out = run_python(
        """
        import sys, torch
        assert "torch_npu" not in sys.modules
        saved = torch.load("npu.pt", map_location="cpu")
        print(float(saved["x"].sum()), saved["t"].shape[0])
        torch.save(saved, "cpu.pt")
    """,
        TORCH_DEVICE_BACKEND_AUTOLOAD="0",
    )
    assert out.split() == ["66.0", "4"]
    back = torch.load(tmp_path / "cpu.pt", map_location="npu")
    assert back["x"].is_npu and torch.equal(back["x"].cpu(), x.cpu())


def test_generator_states_in_a_checkpoint():
    torch.npu.manual_seed(3)
    saved = round_trip({"rng": torch.npu.get_rng_state_all()}, map_location="npu")
    torch.npu.set_rng_state_all([state.cpu() for state in saved["rng"]])
    assert torch.npu.initial_seed() == 3
