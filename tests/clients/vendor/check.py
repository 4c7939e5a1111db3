"""Run the vendor's torch-npu wheel on our CANN: `make vendor-check`, or `python check.py [--soc NAME] [CASE ...]`.

The wheel is a client that none of us wrote: what it asks of CANN is what a real client asks. It comes from PyPI and is
not changed; it lives in build/vendor/site, away from SoftNPU's own package of the same name.
Prints a table (case, SoC, steps, difference, seconds, result) and exits with the number of failed cases.
"""

import argparse
import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

HERE = Path(__file__).resolve().parent
VENDOR = HERE.parents[2] / "build" / "vendor"
WHEEL = "torch-npu==2.14.0"
# --no-deps: the wheel would pin another PyTorch than the one our CANN is built for.
NEEDS = ["pyyaml"]
# What transformers imports, for the models.
NEEDS += ["transformers==5.23.0", "huggingface_hub", "tokenizers", "safetensors", "regex", "tqdm", "httpx2",
          "httpcore2", "h11", "anyio", "idna", "truststore"]  # fmt: skip
SECONDS = 300

# Not the LSTM: the wheel has it by operators' names alone, which the software CANN refuses.
MODELS = ("resnet50", "mobilenet_v3", "swin_t", "vit_b_16", "deeplabv3", "bert", "gpt2", "llama", "mixtral", "whisper",
          "clip", "t5", "dcgan", "vae", "ppo")  # fmt: skip

DEFAULT = "Ascend910B3"
NEWER = "Ascend950"  # Another family: no mask forms, and a missing operator raises instead of falling back.
CASES = [
    *((name, DEFAULT) for name in ("devices", "cnn", "cnn_amp", "cnn_adam", "resnet18", "grad_scaler", "dropout",
                                   "printing", *MODELS)),
    *((name, NEWER) for name in ("cnn", "cnn_amp", "dropout")),
]  # fmt: skip


WANTED = " ".join([WHEEL, *NEEDS])
MARK = VENDOR / ".ready"


def is_set_up():
    return MARK.exists() and MARK.read_text() == WANTED


def install():
    """Fill build/vendor/site; exits with the reason if it cannot."""
    VENDOR.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "pip", "install", "-q", "--upgrade", "--no-deps", "--target", str(VENDOR / "site")]
    result = subprocess.run([*command, WHEEL, *NEEDS], capture_output=True, text=True, check=False)
    if result.returncode:
        sys.exit(f"vendor-check: pip cannot install {WANTED}; is there a network?\n{result.stderr.strip()}")


def compile_shared(source, output, *flags):
    if not output.exists() or output.stat().st_mtime < source.stat().st_mtime:
        compiler = "g++" if source.suffix == ".cpp" else "gcc"
        subprocess.run([compiler, "-O1", "-fPIC", "-shared", str(source), "-o", str(output), *flags], check=True)


def set_up():
    """Make build/vendor: the wheel in its own folder, and two small libraries."""
    if not is_set_up():
        install()
    home = Path(importlib.util.find_spec("torch").origin).parent
    link = [f"-I{home / 'include'}", f"-L{home / 'lib'}", "-lc10"]
    compile_shared(HERE / "cuda_build.cpp", VENDOR / "libcuda_build.so", "-std=c++20", *link)
    compile_shared(HERE / "lookups.c", VENDOR / "liblookups.so")
    MARK.write_text(WANTED)


def environment(soc, lookups):
    from softnpu import cann

    ours = {
        "PYTHONPATH": f"{VENDOR / 'site'}:{HERE}",  # before .venv, where SoftNPU's own torch_npu is
        "TORCH_DEVICE_BACKEND_AUTOLOAD": "0",  # client.py imports the wheel, not PyTorch
        # The wheel looks beside PyTorch for its own settings, which make device 0 every thread's default.
        "TORCH_ACL_INIT_CONFIG_PATH": str(VENDOR / "site" / "torch_npu" / "acl_default.json"),
        "SOFTNPU_SOC": soc,
        "SOFTNPU_VENDOR": str(VENDOR),
    }
    if lookups:
        ours |= {"LD_PRELOAD": str(VENDOR / "liblookups.so"), "SOFTNPU_LOOKUPS": str(lookups)}
    return os.environ | cann.environment() | ours


def run(name, soc=DEFAULT, trace=False):
    """Return the case's result, with `log` (its output) and, with `trace`, `missing` (operators not found)."""
    log, lookups = VENDOR / f"{name}.{soc}.log", VENDOR / f"{name}.{soc}.lookups"
    lookups.unlink(missing_ok=True)
    command = [sys.executable, str(HERE / "cases.py"), name]
    with log.open("w") as output:
        try:
            done = subprocess.run(command, env=environment(soc, trace and lookups), stdout=output,
                                  stderr=subprocess.STDOUT, timeout=SECONDS, check=False, cwd=VENDOR)  # fmt: skip
            end = f"exit {done.returncode}" if done.returncode else ""
        except subprocess.TimeoutExpired:
            end = f"no end after {SECONDS} s"
    result = {"name": name, "soc": soc, "log": log, "end": end, "missing": []}
    for line in log.read_text(errors="replace").splitlines():
        if line.startswith("RESULT "):
            result |= json.loads(line.removeprefix("RESULT "))
    if lookups.exists():
        asked = set(lookups.read_text().split("\n"))
        result["missing"] = sorted(n[2:] for n in asked if n.startswith("- aclnn") and f"+{n[1:]}" not in asked)
    if not end:
        if "error" not in result:
            end = "no result"
        elif not result["error"] <= result["limit"]:
            end = "differs"
    return result | {"end": end}


def tail(result, lines=25):
    text = result["log"].read_text(errors="replace").splitlines()[-lines:]
    head = f"\n{result['name']} on {result['soc']}: {result['log']} ends with"
    missing = f"operators looked up in vain: {' '.join(result['missing'])}" if result["missing"] else ""
    return "\n".join([head, *text, missing])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cases", nargs="*", help="only these")
    parser.add_argument("--soc", help="only on this SoC")
    parser.add_argument("--trace", action="store_true", help="list the operators a failed case looked up in vain")
    options = parser.parse_args()
    chosen = [(n, s) for n, s in CASES if (not options.cases or n in options.cases) and options.soc in (None, s)]
    if not chosen:
        parser.error(f"no such case; there are {', '.join(dict.fromkeys(n for n, _ in CASES))}")
    set_up()
    console = Console(width=None if sys.stdout.isatty() else 110, highlight=False, markup=False)
    table = Table(title=f"{WHEEL} on SoftNPU")
    for title in ("case", "SoC", "steps", "difference", "limit", "of", "seconds", "result"):
        table.add_column(title, justify="right" if title in ("steps", "difference", "limit", "seconds") else "left")
    failed = []
    for name, soc in chosen:
        console.print(f"{name} on {soc} ...")
        result = run(name, soc, options.trace)
        numbers = [f"{result[key]:.2g}" if key in result else "-" for key in ("error", "limit")]
        seconds = f"{result['seconds']:.0f}" if "seconds" in result else "-"
        verdict = f"FAILED: {result['end']}" if result["end"] else "passed"
        table.add_row(name, soc, str(result.get("steps", "-")), *numbers, result.get("what", "-"), seconds, verdict)
        if result["end"]:
            failed.append(result)
    for result in failed:
        console.print(tail(result))
    console.print(table)
    return len(failed)


if __name__ == "__main__":
    sys.exit(main())
