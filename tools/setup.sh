#!/usr/bin/env bash
# Makes .venv with what building, testing and running need; installs Debian packages where it may.
set -euo pipefail
PYTHON=${PYTHON:-python3} VENV=${VENV:-.venv}

packages=(g++ ccache libgtest-dev libgmock-dev libbenchmark-dev dataset-fashion-mnist)
missing=()
for p in "${packages[@]}"; do dpkg -s "$p" >/dev/null 2>&1 || missing+=("$p"); done
if ((${#missing[@]})); then
  if [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null; then
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${missing[@]}" >/dev/null
  else
    echo "setup: install these packages first: ${missing[*]}" >&2
    exit 1
  fi
fi

[[ -x $VENV/bin/python ]] || "$PYTHON" -m venv "$VENV"
"$VENV/bin/python" -m pip install -q --upgrade pip
"$VENV/bin/python" -m pip install -q torch==2.14.1 torchvision==0.29.1 numpy rich matplotlib \
  scikit-build-core pybind11 cmake ninja pytest expecttest ruff mypy pre-commit
