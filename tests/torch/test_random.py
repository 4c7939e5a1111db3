"""Generators: seeds, states, devices. The numbers themselves belong to the operators that draw them."""

import pytest
import torch


def test_default_generators():
    assert len(torch.npu.default_generators) == torch.npu.device_count()
    g = torch.npu.default_generators[0]
    assert g.device == torch.device("npu:0")
    with pytest.raises(IndexError):
        torch.npu.default_generators[99]


def test_manual_seed_reaches_every_device():
    torch.manual_seed(1234)
    assert torch.npu.initial_seed() == 1234
    assert {g.initial_seed() for g in torch.npu.default_generators} == {1234}
    torch.npu.manual_seed(5)
    assert torch.npu.initial_seed() == 5
    torch.npu.manual_seed_all(6)
    assert {g.initial_seed() for g in torch.npu.default_generators} == {6}
    torch.npu.seed_all()
    assert len({g.initial_seed() for g in torch.npu.default_generators}) == 1
    before = torch.npu.initial_seed()
    torch.npu.seed()
    assert torch.npu.initial_seed() != before


def test_the_state_is_seed_and_offset():
    g = torch.Generator("npu")
    g.manual_seed(0x0123456789ABCDEF)
    g.set_offset(8)
    state = g.get_state()
    assert state.dtype == torch.uint8 and state.device.type == "cpu" and state.numel() == 16
    assert state.view(torch.int64).tolist() == [0x0123456789ABCDEF, 8]
    h = torch.Generator("npu")
    h.set_state(state)
    assert h.initial_seed() == g.initial_seed() and h.get_offset() == 8
    h.set_state(state[:8])
    assert h.get_offset() == 0
    g.manual_seed(1)
    assert g.get_offset() == 0


def test_bad_states():
    g = torch.Generator("npu")
    g.manual_seed(3)
    for bad in (torch.zeros(15, dtype=torch.uint8), torch.zeros(0, dtype=torch.uint8)):
        with pytest.raises((ValueError, RuntimeError), match="16 bytes"):
            g.set_state(bad)
    with pytest.raises((TypeError, RuntimeError)):
        g.set_state(torch.zeros(16))
    with pytest.raises((ValueError, RuntimeError), match="multiple of 4"):
        g.set_offset(3)
    odd = torch.tensor([3, 5]).view(torch.uint8)
    with pytest.raises((ValueError, RuntimeError), match="multiple of 4"):
        g.set_state(odd)
    assert g.initial_seed() == 3 and g.get_offset() == 0


def test_rng_state_functions():
    torch.npu.manual_seed_all(7)
    states = torch.npu.get_rng_state_all()
    assert len(states) == torch.npu.device_count() and torch.equal(states[0], torch.npu.get_rng_state())
    assert torch.equal(torch.npu.get_rng_state("npu:0"), torch.npu.get_rng_state(torch.device("npu")))
    torch.npu.manual_seed_all(8)
    torch.npu.set_rng_state_all(states)
    assert torch.npu.initial_seed() == 7
    torch.npu.manual_seed(9)
    torch.npu.set_rng_state(states[0], "npu:0")
    assert torch.npu.initial_seed() == 7


def test_fork_rng():
    torch.npu.manual_seed(11)
    before = torch.npu.get_rng_state()
    with torch.random.fork_rng(devices=[0], device_type="npu"):
        torch.npu.manual_seed(12)
        assert torch.npu.initial_seed() == 12
    assert torch.equal(torch.npu.get_rng_state(), before)


def test_seeding_makes_no_context(run_python):
    out = run_python("""
        import torch
        torch.manual_seed(0); torch.npu.manual_seed_all(1); torch.npu.get_rng_state()
        print(torch.npu.is_initialized())
    """)
    assert out.strip() == "False"
