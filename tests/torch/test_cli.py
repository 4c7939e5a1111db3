"""The softnpu command, as a user types it."""

import json
import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
import torch

SOFTNPU = Path(sys.executable).with_name("softnpu")


def softnpu(*arguments, cwd=None, env=None):
    return subprocess.run(
        [SOFTNPU, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
        cwd=cwd,
        env={**os.environ, **(env or {})},
    )


def output(*arguments, **options):
    result = softnpu(*arguments, **options)
    assert result.returncode == 0, result.stderr
    return result.stdout


@pytest.fixture
def script(tmp_path):
    def write(code, name="script.py"):
        path = tmp_path / name
        path.write_text(textwrap.dedent(code))
        return path

    return write


# run


def test_run_is_python(script, tmp_path):
    path = script("""
        import sys
        import torch
        import neighbour
        print(__name__, sys.argv, sys.path[0], neighbour.value)
        print(torch.zeros(1, device="cuda").device, torch.cuda.is_available())
    """)
    script("value = 7", "neighbour.py")
    lines = output("run", path, "--lr", "0.1", "-x").splitlines()
    assert lines[0] == f"__main__ {[str(path), '--lr', '0.1', '-x']} {tmp_path} 7"
    assert lines[1] == "npu:0 True"


def test_run_module(script, tmp_path):
    (tmp_path / "package").mkdir()
    script("import sys, torch; print(sys.argv[1:], torch.device('cuda').type, __package__)", "package/__main__.py")
    assert output("run", "-m", "package", "--flag", cwd=tmp_path) == "['--flag'] npu package\n"


def test_run_pickles_main_as_main(script, tmp_path):
    path = script("""
        import torch
        class Model(torch.nn.Linear):
            pass
        torch.save({"arch": Model, "model": Model(2, 2).cuda()}, "model.pt")
        loaded = torch.load("model.pt", weights_only=False)
        assert loaded["arch"] is Model and Model.__module__ == "__main__"
        assert loaded["model"].weight.is_cuda
        print("passed")
    """)
    assert output("run", path, cwd=tmp_path) == "passed\n"


def test_run_traceback_is_the_scripts(script):
    path = script("""
        import torch
        def inner():
            raise ValueError("mine")
        inner()
    """)
    result = softnpu("run", path)
    assert result.returncode == 1
    frames = re.findall(r'File "(.*?)", line (\d+)', result.stderr)
    assert [frame[0] for frame in frames] == [str(path)] * 2
    assert result.stderr.rstrip().endswith("ValueError: mine")


def test_run_exit_code(script):
    assert softnpu("run", script("raise SystemExit(7)")).returncode == 7
    missing = softnpu("run", "no_such_script.py")
    assert missing.returncode == 2 and "no_such_script.py" in missing.stderr


def test_run_reaches_the_processes_a_script_starts(script):
    path = script("""
        import subprocess, sys
        import torch
        import torch.multiprocessing as mp
        def work(queue):
            queue.put(str(torch.ones(2, device="cuda").device))
        if __name__ == "__main__":
            context = mp.get_context("spawn")
            queue = context.Queue()
            child = context.Process(target=work, args=(queue,))
            child.start()
            print(queue.get())
            child.join()
            code = "import torch; print(torch.device('cuda'))"
            print(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip())
    """)
    result = softnpu("run", path, env={"TORCH_DEVICE_BACKEND_AUTOLOAD": "0"})
    assert result.stdout == "npu:0\nnpu\n", result.stderr


def test_run_loader_workers(script):
    path = script("""
        import torch
        from torch.utils.data import DataLoader, TensorDataset
        if __name__ == "__main__":
            data = TensorDataset(torch.arange(8.0))
            total = sum(x.cuda(non_blocking=True).sum() for (x,) in DataLoader(data, 2, num_workers=2, pin_memory=True))
            print(total.item(), total.device)
    """)
    assert output("run", path) == "28.0 npu:0\n"


def test_without_run_nothing_migrates(script):
    path = script("import torch; print(torch.device('cuda').type)")
    result = subprocess.run([sys.executable, path], capture_output=True, text=True, timeout=240, check=False)
    assert result.stdout == "cuda\n", result.stderr


# info, ops, env, cann-home


def test_info():
    found = json.loads(output("info", "--json"))
    assert found["soc"].startswith("Ascend")
    assert found["torch"] == torch.__version__.partition("+")[0]
    assert found["devices"] and [device["index"] for device in found["devices"]] == list(range(len(found["devices"])))
    for device in found["devices"]:
        assert 0 < device["memory_free"] <= device["memory_total"]
    shown = output("info")
    assert found["soc"] in shown and "npu:0" in shown and found["cann"] in shown


@pytest.mark.parametrize("soc", ["Ascend910A", "Ascend910B3", "Ascend910_9391"])
def test_info_of_another_chip(soc):
    found = json.loads(
        output("info", "--json", env={"SOFTNPU_SOC": soc, "SOFTNPU_DEVICES": "3", "SOFTNPU_HBM_GB": "2"})
    )
    assert found["soc"] == soc
    assert [device["memory_total"] for device in found["devices"]] == [2 << 30] * 3


@pytest.fixture(scope="module")
def listed():
    return json.loads(output("ops", "--json"))


def test_ops_json_has_the_stated_form(listed):
    assert set(listed) == {"aten", "aclnn"}
    for op in listed["aten"]:
        assert list(op) == ["name", "kind", "reason"]
        assert op["kind"] in ("native", "composite", "fallback", "refused")
        assert (op["reason"] is None) == (op["kind"] in ("native", "composite"))
    for op in listed["aclnn"]:
        assert list(op) == ["name", "present"] and isinstance(op["present"], bool)
    for part in listed.values():
        names = [op["name"] for op in part]
        assert names == sorted(set(names))


def test_ops_kinds_are_what_runs(listed):
    """Each kind is checked against a run: a native overload counts no fallback, a fallback one counts itself."""
    import torch_npu

    kinds = {op["name"]: op["kind"] for op in listed["aten"]}
    assert kinds["add.Tensor"] == kinds["add.out"] == kinds["add_.Tensor"] == kinds["mm"] == "native"
    assert kinds["flatten.using_ints"] == "composite"
    x = torch.ones(2, 2, device="npu")
    before = dict(torch_npu._C.fallback_counts())
    _ = (x + x, x.add_(x), x @ x, x.flatten())
    assert dict(torch_npu._C.fallback_counts()) == before
    fallback = next(name for name in ("igamma", "geqrf", "linalg_eig", "lgamma") if kinds[name] == "fallback")
    call = torch.linalg.eig if fallback == "linalg_eig" else getattr(torch, fallback)
    call(*[x] * (2 if fallback == "igamma" else 1))
    after = torch_npu._C.fallback_counts()
    assert any(name.startswith(f"aten::{fallback}") and after[name] > before.get(name, 0) for name in after)


def test_ops_of_the_table_are_native_where_the_operator_is_present(listed):
    import torch_npu

    kinds = {op["name"]: op["kind"] for op in listed["aten"]}
    present = {op["name"]: op["present"] for op in listed["aclnn"]}
    table = torch_npu._C.operator_table()
    assert len(table) > 20
    for aten, aclnn, here in table:
        assert kinds[aten] == ("native" if here else "fallback"), aten
        assert present[aclnn] == here, aclnn


def test_ops_filters():
    found = json.loads(output("ops", "--json", "--kind", "native", "--kind", "present", "add*"))
    assert {op["kind"] for op in found["aten"]} == {"native"} and all(op["present"] for op in found["aclnn"])
    assert {"add.Tensor", "add.out"} <= {op["name"] for op in found["aten"]}
    assert all(op["name"].startswith("add") for op in found["aten"])
    shown = output("ops", "expm1")
    assert "expm1.out" in shown and re.search(r"aten: \d+ native", shown)


def test_env_points_at_the_tree():
    home = Path(output("cann-home").strip())
    assert (home / "lib64" / "libascendcl.so").exists() and (home / "include" / "acl" / "acl.h").exists()
    variables = json.loads(output("env", "--json", env={"LD_LIBRARY_PATH": "/somewhere/else"}))
    assert variables["ASCEND_HOME_PATH"] == variables["ASCEND_TOOLKIT_HOME"] == str(home)
    assert variables["LD_LIBRARY_PATH"].split(":") == [str(home / "lib64"), "/somewhere/else"]
    shell = subprocess.run(
        ["bash", "-c", f'eval "$({SOFTNPU} env)"; echo $ASCEND_HOME_PATH'], capture_output=True, text=True, check=True
    )
    assert shell.stdout.strip() == str(home)


def test_version_and_help():
    import softnpu as package

    assert output("--version") == f"softnpu {package.__version__}\n"
    shown = output("--help")
    assert all(command in shown for command in ("run", "info", "ops", "env", "cann-home"))
    assert softnpu().returncode == 2
