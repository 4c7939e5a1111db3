"""Options, limits, overflow, deterministic parts, marks."""

import pytest
import torch

import torch_npu

npu = torch.npu


def test_what_scripts_for_ascend_set_first():
    npu.set_compile_mode(jit_compile=False)
    assert npu.is_jit_compile_false()
    npu.set_compile_mode(jit_compile=True)
    assert not npu.is_jit_compile_false()
    npu.set_compile_mode()
    npu.config.allow_internal_format = False
    assert npu.config.allow_internal_format is False
    npu.set_option({"ACL_OP_SELECT_IMPL_MODE": "high_precision", "MM_BMM_ND_ENABLE": "disable"})
    assert not npu.get_mm_bmm_format_nd()
    npu.set_mm_bmm_format_nd()
    assert npu.get_mm_bmm_format_nd()


@pytest.mark.parametrize(
    ("option", "error"),
    [
        ("jitCompile", TypeError),
        ({"ACL_AICORE_NUM": 33}, ValueError),
        ({"ACL_AICORE_NUM": "many"}, ValueError),
        ({"ACL_PRECISION_MODE": "low"}, ValueError),
        ({"MM_BMM_ND_ENABLE": "disable", "ACL_OP_DEBUG_LEVEL": 9}, ValueError),
    ],
)
def test_refused_options_change_nothing(option, error):
    with pytest.raises(error):
        npu.set_option(option)
    assert npu.get_mm_bmm_format_nd()


def test_hf32():
    assert npu.matmul.allow_hf32 is False and npu.conv.allow_hf32 is True
    npu.matmul.allow_hf32 = True
    assert npu.matmul.allow_hf32 is True
    npu.matmul.allow_hf32 = False
    with pytest.raises(TypeError):
        npu.conv.allow_hf32 = 1
    with pytest.raises(AttributeError):
        npu.conv.allow_hf23 = True
    assert npu.matmul.cube_math_type is None
    npu.matmul.cube_math_type = npu.CubeMathType.USE_HF32
    assert npu.matmul.cube_math_type is npu.CubeMathType.USE_HF32
    npu.matmul.cube_math_type = npu.CubeMathType.KEEP_DTYPE
    with pytest.raises(TypeError):
        npu.matmul.cube_math_type = 3


def test_limits_of_a_device(run_python):
    before = npu.get_device_limit(0)
    cores = npu.get_device_properties(0)
    assert before == {"cube_core_num": cores.cube_core_num, "vector_core_num": cores.vector_core_num}
    for device, error in (("npu:0", TypeError), (True, TypeError), (-1, AssertionError), (99, AssertionError)):
        with pytest.raises(error):
            npu.get_device_limit(device)
    with pytest.raises(RuntimeError, match="cores"):
        npu.set_device_limit(0, vector_num=10**6)
    code = """
        import torch
        torch.npu.set_device_limit(0, cube_num=2)
        print(torch.npu.get_device_limit(0)["cube_core_num"])
        try:
            torch.npu.set_device_limit(0, cube_num=3)
        except RuntimeError as error:
            print("once" in str(error))
    """
    assert run_python(code).split() == ["2", "True"]


def test_limits_of_a_stream():
    stream = npu.Stream()
    all_cores = npu.get_stream_limit(stream)
    npu.set_stream_limit(stream, vector_num=3)
    assert npu.get_stream_limit(stream)["vector_core_num"] == 3
    npu.reset_stream_limit(stream)
    assert npu.get_stream_limit(stream) == all_cores
    with pytest.raises(AssertionError):
        npu.set_stream_limit(None, 1)


def test_overflow():
    assert npu.is_support_inf_nan() if hasattr(npu, "is_support_inf_nan") else npu.utils.is_support_inf_nan()
    x = torch.tensor([60000.0, 60000.0], device="npu").half()
    assert npu.npu_check_overflow(x * 2)
    assert not npu.npu_check_overflow(x / 2)
    assert npu.npu_check_overflow(float("nan"))
    with pytest.raises(TypeError):
        npu.npu_check_overflow("inf")
    with pytest.raises(RuntimeError, match="npu_check_overflow"):
        npu.get_npu_overflow_flag()
    with pytest.warns(UserWarning, match="no overflow flag"):
        npu.clear_npu_overflow_flag()


def test_a_deterministic_part():
    seen = []
    x = torch.ones(2, device="npu", requires_grad=True)
    y = npu.enable_deterministic_with_backward(x)
    seen.append(torch.are_deterministic_algorithms_enabled())
    z = y * 2
    z.register_hook(lambda g: seen.append(torch.are_deterministic_algorithms_enabled()))
    out = npu.disable_deterministic_with_backward(z)
    assert not torch.are_deterministic_algorithms_enabled()
    out.sum().backward()
    assert seen == [True, True] and not torch.are_deterministic_algorithms_enabled()
    assert x.grad.tolist() == [2, 2]


def test_deterministic_levels():
    with pytest.warns(UserWarning, match="now True"):
        npu.set_deterministic_level(1)
    assert torch.are_deterministic_algorithms_enabled()
    with pytest.warns(UserWarning, match="now False"):
        npu.set_deterministic_level(0)
    with pytest.raises(ValueError, match="0, 1 or 2"):
        npu.set_deterministic_level(3)


def test_marks_and_ranges_are_in_the_profile():
    mstx = npu.mstx

    @mstx.mstx_range("a function")
    def work():
        return torch.ones(2, device="npu") + 1

    with torch.profiler.profile() as profile:
        mstx.mark("a mark")
        first = mstx.range_start("one")
        second = mstx.range_start("two", domain="mine")
        mstx.range_end(first)
        mstx.range_end(second, domain="mine")
        assert [mstx.range_push("outer"), mstx.range_push("inner")] == [0, 1]
        assert [mstx.range_pop(), mstx.range_pop(), mstx.range_pop()] == [1, 0, -1]
        with mstx.annotate("a block"):
            work()
    names = {event.name for event in profile.events()}
    assert {"a mark", "one", "mine: two", "outer", "inner", "a block", "a function"} <= names
    with pytest.raises(ValueError, match="message"):
        mstx.mark("")


def test_versions_and_time_limits():
    assert npu.utils.get_cann_version() and npu.utils.get_cann_version("no such part") == ""
    npu.utils.set_op_timeout_ms(1000)
    npu.utils.set_op_timeout_ms(0)
    with pytest.warns(UserWarning, match="no version"):
        assert npu.aclnn.version() is None


def test_dumps_say_that_they_are_not_here(tmp_path):
    for call in (npu.init_dump, npu.finalize_dump):
        with pytest.raises(RuntimeError, match="UNIMPLEMENTED"):
            call()
    with pytest.raises(FileNotFoundError):
        npu.set_dump(str(tmp_path / "none.json"))


def test_a_stream_that_launches_itself():
    stream = npu.SyncLaunchStream()
    stream.set_data_preprocess_stream(True)
    with npu.stream(stream):
        x = torch.ones(3, device="npu") * 2
    stream.synchronize()
    assert x.tolist() == [2, 2, 2] and isinstance(stream, torch_npu.npu.Stream)
