"""transfer_to_npu: what a GPU script says about devices means the NPU, and nothing else changes."""

import ast
import copy
import io
import pickle
import subprocess
import sys
import textwrap
import threading
import types
import warnings

import pytest
import torch
import torch.distributed as dist
from torch import nn

import torch_npu
from torch_npu.contrib import transfer_to_npu
from torch_npu.contrib.transfer_to_npu import _device, _distributed, _table

transfer_to_npu.disable()  # importing enables; each test says for itself when it is on

NPU = torch.device("npu:0")


@pytest.fixture(autouse=True)
def off_afterwards():
    yield
    transfer_to_npu.disable()
    assert not transfer_to_npu.is_enabled()


@pytest.fixture
def migrated():
    with transfer_to_npu.enabled():
        yield


def python(*arguments, **options):
    """A Python of its own; -I so that the sources in the current folder are not what is imported."""
    return subprocess.run(
        [sys.executable, "-I", *arguments], capture_output=True, text=True, timeout=240, check=False, **options
    )


def snapshot():
    """Every attribute of every module and class that migration touches."""
    owners = {id(owner): owner for owners, *_ in (*_table.PARAMETERS, *_table.REPLACED) for owner in owners}
    owners |= {id(owner): owner for owner, *_ in _table.RENAMED}
    owners |= {id(module): module for name, module in sys.modules.items() if name.startswith("torch.cuda")}
    return {key: (owner, dict(vars(owner))) for key, owner in owners.items()}


def assert_same(before, after):
    for key, (owner, names) in before.items():
        now = after[key][1]
        assert names.keys() == now.keys(), owner
        changed = [name for name in names if names[name] is not now[name]]
        assert not changed, (owner, changed)


# Devices


@pytest.mark.parametrize("spelled", ["cuda", "cuda:0", ("cuda", 0)])
def test_device_is_the_npu(migrated, spelled):
    device = torch.device(*([spelled] if isinstance(spelled, str) else spelled))
    assert type(device) is torch.device
    assert device.type == "npu"
    assert torch.zeros(2, device=device).device == NPU


def test_device_compares_equal_to_what_it_migrated_to(migrated):
    device = torch.device("cuda", 0)
    assert device == NPU
    assert device in [NPU] and NPU in [device]
    assert {device: 1}[NPU] == 1
    assert torch.ones(1).cuda().device == device
    assert torch.ones(1, device=device).device == device


def test_other_devices_are_themselves(migrated):
    assert torch.device("cpu") == torch.zeros(1).device
    assert torch.device("meta").type == "meta"
    assert torch.device("npu", 0) == NPU
    with pytest.raises(RuntimeError):
        torch.device("cudaa")
    with pytest.raises(RuntimeError):
        torch.device("cuda:x")


def test_device_made_before_migration():
    device = torch.device("cuda", 0)
    assert device.type == "cuda"
    with transfer_to_npu.enabled():
        assert torch.zeros(1, device=device).device == NPU
        assert torch.zeros(1).to(device).device == NPU
        assert nn.Linear(1, 1).to(device).weight.device == NPU


def test_device_is_still_a_device(migrated):
    device = torch.device("cuda:0")
    assert isinstance(device, torch.device) and isinstance(torch.device("cpu"), torch.device)
    assert pickle.loads(pickle.dumps(device)) == NPU
    assert copy.deepcopy(device) == NPU
    with torch.device("cuda"):
        assert torch.zeros(1).device == NPU
        assert torch.arange(3).device == NPU
    assert torch.zeros(1).device.type == "cpu"


@pytest.mark.parametrize(
    "text", ["cuda_model.pt", "/runs/cuda/last", "cuda:", "cuda:0/x", "cudagraph", "my cuda", "CUDA", "nccl.log", ""]
)
def test_other_strings_are_untouched(text):
    assert _device.to_npu(text) is text
    assert _device.to_npu_location(text) is text
    assert _distributed.to_hccl(text) is text


def test_a_file_named_cuda(migrated, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    torch.save({"cuda": "cuda:0", "nccl": torch.ones(2)}, "cuda")
    loaded = torch.load("cuda", map_location="cpu")
    assert loaded.keys() == {"cuda", "nccl"} and loaded["cuda"] == "cuda:0"


# Constructors and moves

MAKE = {
    "arange": (3,), "bartlett_window": (3,), "blackman_window": (3,), "empty": (3,), "empty_permuted": ((2, 3), (1, 0)),
    "empty_strided": ((2,), (1,)), "eye": (2,), "full": ((2,), 1.0), "hamming_window": (3,), "hann_window": (3,),
    "kaiser_window": (3,), "linspace": (0, 1, 3), "logspace": (0, 1, 3), "normal": (0.0, 1.0, (3,)), "ones": (3,),
    "rand": (3,), "randint": (0, 5, (3,)), "randn": (3,), "randperm": (4,), "range": (0, 3), "scalar_tensor": (1.0,),
    "tril_indices": (3, 3), "triu_indices": (3, 3), "zeros": (3,), "tensor": ([1.0],), "as_tensor": ([1.0],),
    "asarray": ([1.0],),
}  # fmt: skip
LIKE = {"empty_like": (), "full_like": (1.0,), "ones_like": (), "rand_like": (), "randint_like": (5,), "randn_like": (),
        "zeros_like": ()}  # fmt: skip


@pytest.mark.filterwarnings("ignore:torch.range is deprecated")
@pytest.mark.parametrize("name", MAKE)
def test_factory(migrated, name):
    if name == "kaiser_window":
        pytest.xfail("UNIMPLEMENTED: its kernel is chosen by the type of device")
    for device in ("cuda", "cuda:0", torch.device("cuda")):
        assert getattr(torch, name)(*MAKE[name], device=device).device == NPU


@pytest.mark.parametrize("name", LIKE)
def test_factory_like(migrated, name):
    assert getattr(torch, name)(torch.ones(3), *LIKE[name], device="cuda").device == NPU


def test_every_function_with_a_device_has_a_row():
    """Whatever takes a `device` by PyTorch's own schemas is in the table, or is one of these."""
    internal = {"_assert_tensor_metadata", "_cudnn_init_dropout_state", "_efficientzerotensor", "_make_dep_token"}
    internal |= {"_empty_affine_quantized", "_empty_per_channel_affine_quantized", "_nested_tensor_from_tensor_list"}
    internal |= {"_pin_memory", "_resize_output_"}
    not_a_parameter = {"eq", "ne"}  # TorchScript compares devices by them
    by_itself = {"Generator"}  # in its constructor

    def taking(owner, prefix=""):
        for name in dir(owner):
            schemas = torch._C._jit_get_schemas_for_operator(f"aten::{prefix}{name}")
            if any("Device" in str(argument.type) for schema in schemas for argument in schema.arguments):
                yield name

    rows = {(id(owner), name) for owners, names, _ in _table.PARAMETERS for owner in owners for name in names}
    allowed = internal | not_a_parameter | by_itself
    for owner, prefix in ((torch, ""), (torch.fft, "fft_"), (torch.linalg, "linalg_"), (torch.special, "special_")):
        assert {name for name in taking(owner, prefix) if (id(owner), name) not in rows} <= allowed
    assert {name for name in taking(torch.Tensor) if (id(torch.Tensor), name) not in rows} <= allowed
    known = {f.__name__.removeprefix("fft_") for f in torch.utils._device._device_constructors()}
    assert known <= {name for owners, names, _ in _table.PARAMETERS for name in names}


def test_sparse_layouts_reach_the_npu(migrated):
    """Sparse tensors are the device's to refuse; what must not happen is that CUDA is asked."""
    indices, values = torch.tensor([[0, 1], [1, 0]]), torch.ones(2)
    crow, col, blocks = torch.tensor([0, 1, 2]), torch.tensor([1, 0]), torch.ones(2, 1, 1)
    makes = [
        lambda: torch.sparse_coo_tensor(indices, values, (2, 2), device="cuda"),
        lambda: torch.sparse_csr_tensor(crow, col, values, (2, 2), device="cuda"),
        lambda: torch.sparse_csc_tensor(crow, col, values, (2, 2), device="cuda"),
        lambda: torch.sparse_bsr_tensor(crow, col, blocks, (2, 2), device="cuda"),
        lambda: torch.sparse_bsc_tensor(crow, col, blocks, (2, 2), device="cuda"),
        lambda: torch.sparse_compressed_tensor(crow, col, values, (2, 2), layout=torch.sparse_csr, device="cuda"),
        lambda: torch.nested.nested_tensor([torch.ones(2)], device="cuda"),
        lambda: torch.nested.as_nested_tensor([torch.ones(2)], device="cuda"),
    ]
    for make in makes:
        try:
            assert make().device.type == "npu"
        except (RuntimeError, NotImplementedError) as error:
            assert "CUDA device was asked for" not in str(error) and "NVIDIA" not in str(error)


def test_moves(migrated):
    x = torch.ones(2)
    for moved in (x.to("cuda"), x.to("cuda:0"), x.to(device="cuda"), x.to("cuda", torch.float64), x.cuda(), x.cuda(0),
                  x.cuda("cuda:0"), x.cuda(device=0), x.to(0), x.to(x.cuda()), x.cuda(non_blocking=True)):  # fmt: skip
        assert moved.device == NPU and moved.is_cuda and moved.is_npu
        assert moved.sum().item() == 2
    assert not x.is_cuda
    assert x.to("cpu") is x and x.to(torch.float64).device.type == "cpu"
    y = x.cuda()
    assert y.to("cuda") is y and y.cuda() is y
    assert y.new_zeros(2, device="cuda:0").device == NPU
    assert y.new_tensor([1.0], device="cuda").device == NPU
    assert y.get_device() == 0


def test_modules(migrated):
    def linear(**where):
        return nn.Linear(2, 2, **where)

    for module in (linear().cuda(), linear().to("cuda"), linear().to(device="cuda:0"), linear().cuda(0),
                   linear(device="cuda"), linear().to("cuda", torch.half)):  # fmt: skip
        assert {p.device for p in module.parameters()} == {NPU}
    assert nn.Linear(2, 2).to(torch.float64).weight.device.type == "cpu"
    packed = nn.utils.rnn.pack_sequence([torch.ones(2), torch.ones(1)])
    assert packed.cuda().data.device == NPU and packed.to("cuda").is_cuda


def test_generator_stream_event(migrated):
    assert torch.Generator("cuda").device.type == "npu"
    assert torch.Generator(device="cuda:0").device == NPU
    assert torch.Generator().device.type == "cpu"
    assert isinstance(torch.Generator("cuda"), torch.Generator)
    assert torch.Stream(device="cuda").device == NPU
    assert torch.Event("cuda").device.type == "npu"
    draws = [torch.rand(4, generator=torch.Generator("cuda").manual_seed(7), device="cuda").cpu() for _ in range(2)]
    torch.testing.assert_close(*draws)


def test_names_imported_before_migration():
    module = types.ModuleType("script_with_names")
    exec("from torch import zeros, tensor as make", module.__dict__)
    sys.modules[module.__name__] = module
    try:
        original = module.zeros
        with transfer_to_npu.enabled():
            assert module.zeros(1, device="cuda").device == NPU
            assert module.make([1.0], device="cuda").device == NPU
        assert module.zeros is original
    finally:
        del sys.modules[module.__name__]


# Loading


@pytest.fixture
def checkpoint():
    data = io.BytesIO()
    torch.save({"w": torch.arange(3.0, device="npu"), "host": torch.ones(1)}, data)
    return data


@pytest.fixture
def gpu_checkpoint(checkpoint):
    """The same file with the location that a GPU writes: as long a name, so the archive stays whole."""
    data = io.BytesIO()
    with torch.serialization._open_zipfile_reader(io.BytesIO(checkpoint.getvalue())) as reader:
        records = {name: bytes(reader.get_record(name)) for name in reader.get_all_records()}
    with torch.serialization._open_zipfile_writer(data) as writer:
        for name, record in records.items():
            if name == "data.pkl":
                assert b"X\x05\x00\x00\x00npu:0" in record
                record = record.replace(b"X\x05\x00\x00\x00npu:0", b"X\x06\x00\x00\x00cuda:0")
            if name not in (".format_version", ".storage_alignment", "version", "byteorder", ".data/serialization_id"):
                writer.write_record(name, record, len(record))
    return data


@pytest.mark.parametrize(
    "location",
    [None, "cuda", "cuda:0", 0, "device", {"cuda:0": "cuda:0"}, {"cuda:0": "cuda"}, {"npu:0": "cuda:0"},
     lambda storage, location: storage.cuda(0), lambda storage, location: storage.cuda()],
)  # fmt: skip
@pytest.mark.parametrize("file", ["checkpoint", "gpu_checkpoint"])
def test_load_to_the_device(migrated, request, file, location):
    data = request.getfixturevalue(file)
    data.seek(0)
    loaded = torch.load(data, map_location=torch.device("cuda", 0) if location == "device" else location)
    assert loaded["w"].device == NPU
    assert loaded["w"].tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    "location", ["cpu", torch.device("cpu"), {"cuda:0": "cpu"}, {torch.device("cuda", 0): torch.device("cpu")},
                 lambda storage, location: storage.cpu()]
)  # fmt: skip
def test_load_to_the_host(migrated, checkpoint, location):
    checkpoint.seek(0)
    assert torch.load(checkpoint, map_location=location)["w"].device.type == "cpu"


def test_an_index_is_a_device_and_not_a_string():
    assert _device.to_npu_or_index(0) == torch.device("npu", 0)
    assert _device.to_npu_location(0) == torch.device("npu", 0)
    assert _device.to_npu_or_index(None) is None and _device.to_npu_or_index(True) is True


# torch.cuda


def test_cuda_is_available_to_scripts_and_not_to_libraries_that_know_npu(migrated):
    assert torch.cuda.is_available()
    ask = compile("import torch; answer = torch.cuda.is_available()", "ask", "exec")
    for library in ("accelerate.state", "transformers.utils.import_utils", "trl", "peft.tuners", "torch.nn.parallel"):
        names = {"__name__": library}
        exec(ask, names)
        assert names["answer"] is False, library
    names = {"__name__": "torchvision_references"}
    exec(ask, names)
    assert names["answer"] is True


def test_cuda_functions(migrated):
    assert torch.cuda.device_count() == torch.npu.device_count() >= 1
    assert torch.cuda.current_device() == 0
    torch.cuda.set_device("cuda:0")
    torch.cuda.set_device(torch.device("cuda", 0))
    torch.cuda.init()
    assert torch.cuda.is_initialized()
    assert torch.cuda.get_device_name(0).startswith("Ascend")
    assert torch.cuda.get_device_properties("cuda:0").total_memory > 0
    assert torch.cuda.is_bf16_supported() in (True, False)
    major, minor = torch.cuda.get_device_capability()
    assert major >= 7 and minor >= 0
    with torch.cuda.device(0):
        torch.cuda.synchronize()
    torch.cuda.synchronize("cuda:0")
    torch.cuda.manual_seed(1)
    torch.cuda.manual_seed_all(1)
    torch.manual_seed(1)


def test_cuda_memory(migrated):
    torch.cuda.empty_cache()
    before = torch.cuda.memory_allocated()
    x = torch.empty(1 << 20, dtype=torch.uint8, device="cuda")
    assert torch.cuda.memory_allocated("cuda:0") >= before + x.numel()
    assert torch.cuda.max_memory_allocated(0) >= torch.cuda.memory_allocated()
    assert torch.cuda.memory_reserved(torch.device("cuda")) >= torch.cuda.memory_allocated()
    free, total = torch.cuda.mem_get_info()
    assert 0 < free <= total
    torch.cuda.reset_peak_memory_stats()
    assert torch.cuda.memory.memory_allocated is torch.cuda.memory_allocated


def test_cuda_streams_and_events(migrated):
    stream = torch.cuda.Stream()
    start, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
    x = torch.ones(8, device="cuda")
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        start.record()
        y = x * 2
        end.record()
    torch.cuda.current_stream().wait_stream(stream)
    end.synchronize()
    assert start.elapsed_time(end) >= 0 and end.query()
    assert y.sum().item() == 16
    assert isinstance(torch.cuda.current_stream(), torch.cuda.Stream)


def test_nvtx(migrated):
    assert torch.cuda.nvtx.range_push("outer") == 0
    assert torch.cuda.nvtx.range_push("inner") == 1
    assert torch.cuda.nvtx.range_pop() == 1
    assert torch.cuda.nvtx.range_pop() == 0
    assert torch.cuda.nvtx.range_pop() < 0
    with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CPU]) as profile:
        with torch.cuda.nvtx.range("step {}", 3):
            torch.cuda.nvtx.mark("here")
        torch.cuda.nvtx.range_end(torch.cuda.nvtx.range_start("apart"))
    assert {"step 3", "here", "apart"} <= {event.name for event in profile.events()}


def test_cudart(migrated):
    runtime = torch.cuda.cudart()
    assert runtime.cudaProfilerStart() == runtime.cudaError.success == runtime.cudaProfilerStop()
    torch.cuda.check_error(runtime.cudaProfilerStart())
    free, total = runtime.cudaMemGetInfo(0)
    assert 0 < free <= total


def test_backend_flags_are_accepted(migrated):
    with torch.backends.cudnn.flags(enabled=True, benchmark=True, deterministic=True, allow_tf32=True):
        assert torch.backends.cudnn.benchmark
    tf32 = torch.backends.cuda.matmul.allow_tf32
    if not torch.backends.flags_frozen():  # PyTorch's own test modules freeze them in the process that imports them
        torch.backends.cuda.matmul.allow_tf32 = True
        torch.backends.cuda.matmul.allow_tf32 = tf32
        torch.backends.cudnn.benchmark = torch.backends.cudnn.benchmark
    with torch.nn.attention.sdpa_kernel(torch.nn.attention.SDPBackend.MATH):
        pass


@pytest.mark.skipif(not hasattr(torch_npu.npu, "FloatTensor"), reason="torch.npu has no typed tensors yet")
def test_typed_tensors(migrated):
    assert torch.cuda.FloatTensor([1, 2]).device == NPU
    assert torch.cuda.DoubleTensor([1, 2]).dtype == torch.float64  # doubles stay doubles
    assert isinstance(torch.ones(1).cuda(), torch.cuda.FloatTensor)
    assert torch.ones(1).type("torch.cuda.DoubleTensor").dtype == torch.float64


def test_doubles_stay_doubles(migrated):
    assert torch.ones(1, dtype=torch.float64).cuda().dtype == torch.float64
    assert torch.ones(1).cuda().double().dtype == torch.float64


def test_what_cannot_migrate_says_so(migrated):
    hidden = torch._C._VariableFunctions.zeros  # as a module may keep it where migration does not look
    with pytest.raises(RuntimeError, match=r"UNIMPLEMENTED.*CUDA device was asked for"):
        hidden(1, device="cuda")


# Mixed precision


def test_amp_names(migrated):
    with torch.autocast("cuda"):
        assert torch.is_autocast_enabled() and torch.is_autocast_enabled("cuda") and torch.is_autocast_enabled("npu")
        assert torch.get_autocast_gpu_dtype() == torch.get_autocast_dtype("cuda") == torch.float16
    with torch.autocast(device_type="cuda", dtype=torch.bfloat16):
        assert torch.get_autocast_dtype("npu") == torch.bfloat16
    with torch.cuda.amp.autocast():
        assert torch.is_autocast_enabled("npu")
    with torch.amp.autocast("cuda", enabled=False):
        assert not torch.is_autocast_enabled()
    assert torch.amp.GradScaler().is_enabled() and torch.amp.GradScaler("cuda")._device == "npu"
    assert torch.cuda.amp.GradScaler()._device == "npu"
    assert isinstance(torch.cuda.amp.GradScaler(), torch.amp.GradScaler)


# Collectives


def test_backend_names():
    assert _distributed.to_hccl("nccl") == "hccl" and _distributed.to_hccl("NCCL") == "hccl"
    assert _distributed.to_hccl("cpu:gloo,cuda:nccl") == "cpu:gloo,npu:hccl"
    assert _distributed.to_hccl("gloo") == "gloo" and _distributed.to_hccl(None) is None
    name = _distributed.HcclName("hccl")
    assert name == "hccl" and name == "nccl" and (name != "nccl") is False and name != "gloo"
    assert name in ("nccl",) and name in ("hccl",) and f"{name}" == "hccl"


DISTRIBUTED = """
import torch, torch.distributed as dist, torch_npu
if not dist.is_backend_available("hccl"):  # gloo in its place: what is tested is the name
    def gloo(store, rank, size, timeout):
        return dist.ProcessGroupGloo(store, rank, size, timeout)
    dist.Backend.register_backend("hccl", gloo, devices=["npu", "cpu"])
from torch_npu.contrib import transfer_to_npu
dist.init_process_group("nccl", store=dist.HashStore(), rank=0, world_size=1, device_id=0)
assert dist.get_backend() == "nccl" and dist.get_backend() == "hccl" and dist.get_backend() != "gloo"
assert dist.is_nccl_available() and dist.is_backend_available("nccl")
group = dist.new_group([0], backend="nccl")
assert dist.get_backend(group) == "hccl"
mesh = dist.init_device_mesh("cuda", (1,))
assert mesh.device_type == "npu"
dist.destroy_process_group()
print("passed")
"""


def test_process_groups():
    result = python("-c", DISTRIBUTED)
    assert result.stdout == "passed\n", result.stderr


# TorchScript and torch.compile

SCRIPTED = """
def made(x):
    y = torch.zeros(2, device="cuda") + x.to("cuda:0") + x.cuda()
    return y + torch.ones(2, device=torch.device("cuda"))

class Model(nn.Module):
    def forward(self, x):
        with torch.no_grad():
            return torch.full_like(x, 3.0, device="cuda")
"""


@pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning")
def test_script(migrated, tmp_path):
    source = tmp_path / "scripted.py"
    source.write_text("import torch\nfrom torch import nn\n" + SCRIPTED)
    namespace = {"__name__": "scripted"}
    exec(compile(source.read_text(), str(source), "exec"), namespace)
    made = torch.jit.script(namespace["made"])
    result = made(torch.ones(2))
    assert result.device == NPU and result.tolist() == [3, 3]
    assert torch.jit.script(namespace["Model"]())(torch.ones(2)).device == NPU
    torch.jit.save(torch.jit.script(namespace["Model"]()), tmp_path / "model.pt")
    assert torch.jit.load(tmp_path / "model.pt", map_location="cuda")(torch.ones(2)).device == NPU
    traced = torch.jit.trace(lambda x: x.to("cuda") * 2, torch.ones(2))
    assert traced(torch.ones(2)).device == NPU


def test_script_leaves_other_constants(migrated):
    call = ast.parse("f('cuda', name='cuda')", mode="eval").body
    seen = []
    from torch_npu.contrib.transfer_to_npu import _script

    _script.build_call(lambda ctx, expr: seen.append(ast.unparse(expr))).__func__(None, call)
    assert seen == ["f('cuda', name='cuda')"]


def test_compile(migrated):
    @torch.compile(backend="eager", fullgraph=True)
    def step(x):
        return torch.zeros(2, device="cuda") + x.to("cuda") + torch.ones(2, device=torch.device("cuda"))

    assert step(torch.ones(2)).tolist() == [2, 2]
    assert step(torch.ones(2)).device == NPU


# Taking it back


def test_everything_is_taken_back():
    before = snapshot()
    transfer_to_npu.enable()
    assert torch.zeros(1, device="cuda").device == NPU
    transfer_to_npu.disable()
    assert_same(before, snapshot())
    assert torch.device("cuda").type == "cuda"
    assert "to" not in vars(torch.Tensor)


def test_twice_wraps_once():
    transfer_to_npu.enable()
    once = snapshot()
    transfer_to_npu.enable()
    with transfer_to_npu.enabled():
        pass
    assert_same(once, snapshot())
    assert transfer_to_npu.is_enabled()
    transfer_to_npu.disable()
    assert not transfer_to_npu.is_enabled()


def test_context_restores_after_an_exception():
    before = snapshot()
    with pytest.raises(ZeroDivisionError), transfer_to_npu.enabled():
        assert torch.zeros(1, device="cuda").device == NPU
        raise ZeroDivisionError
    assert_same(before, snapshot())


def test_an_exception_in_a_wrapped_function_changes_nothing():
    transfer_to_npu.enable()
    before = snapshot()
    for call in (
        lambda: torch.zeros(-1, device="cuda"),
        lambda: torch.load("there is no such file", map_location="cuda"),
        lambda: torch.ones(1).to("cuda", "no dtype"),
        lambda: nn.Linear(1, 1).to("no device"),
        lambda: torch.utils.data.DataLoader([1], batch_size=-1, pin_memory_device="cuda"),
    ):
        with pytest.raises(Exception):  # noqa: B017  each has its own
            call()
    assert_same(before, snapshot())
    assert torch.zeros(1, device="cuda").device == NPU


def test_a_failing_enable_leaves_nothing(monkeypatch):
    before = snapshot()
    monkeypatch.setattr(_table, "RENAMED", [*_table.RENAMED, (torch.Tensor, "cuda", "no such name")])
    with pytest.raises(KeyError):
        transfer_to_npu.enable()
    monkeypatch.undo()
    transfer_to_npu.disable()
    assert_same(before, snapshot())
    assert torch.device("cuda").type == "cuda"


def test_a_later_patch_of_the_user_stays():
    transfer_to_npu.enable()
    migrated_zeros = torch.zeros
    torch.zeros = lambda *args, **kwargs: migrated_zeros(*args, **kwargs)
    mine = torch.zeros
    try:
        transfer_to_npu.disable()
        assert torch.zeros is mine
    finally:
        torch.zeros = torch._C._VariableFunctions.zeros


def test_threads():
    """Contexts of many threads: inside one, migration is on, whoever leaves."""
    before, failures, go = snapshot(), [], threading.Barrier(8)

    def work():
        go.wait()
        try:
            for _ in range(10):
                with transfer_to_npu.enabled():
                    assert torch.zeros(1, device="cuda").device == NPU
                    assert torch.ones(1).to("cuda").device == torch.device("cuda", 0)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert not transfer_to_npu.is_enabled()
    assert_same(before, snapshot())


def test_warning_filters_are_the_users():
    code = """
        import warnings
        import torch, torch_npu
        warnings.simplefilter("error")
        warnings.filterwarnings("ignore", message="mine")
        before = list(warnings.filters)
        show = warnings.showwarning
        from torch_npu.contrib import transfer_to_npu
        assert warnings.filters == before and warnings.showwarning is show
        transfer_to_npu.disable()
        assert warnings.filters == before
    """
    result = python("-c", textwrap.dedent(code))
    assert result.returncode == 0, result.stderr


def test_banner_is_one_line():
    code = """
        import torch_npu
        from torch_npu.contrib import transfer_to_npu
        transfer_to_npu.disable()
        transfer_to_npu.enable()
    """
    result = python("-c", textwrap.dedent(code))
    assert result.returncode == 0, result.stderr
    assert result.stdout == ""
    assert [line for line in result.stderr.splitlines() if "transfer_to_npu" in line] == result.stderr.splitlines()
    assert len(result.stderr.splitlines()) == 1


def test_nothing_warns(migrated):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        torch.zeros(1, device="cuda").cuda().to("cuda")
        torch.cuda.amp.autocast()
        torch.cuda.amp.GradScaler()
        assert dist.is_available()


def test_functions_pickle_by_name(migrated):
    assert pickle.loads(pickle.dumps(torch.zeros)) is torch.zeros
    assert torch.zeros.__name__ == "zeros" and torch.zeros.__doc__
