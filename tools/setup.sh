#!/usr/bin/env bash
# Makes .venv with what building, testing and running need; installs Debian packages where it may.
# Does nothing, and needs no network, where everything is there.
set -euo pipefail
PYTHON=${PYTHON:-python3} VENV=${VENV:-.venv}

packages=(g++ git ccache libgtest-dev libgmock-dev libbenchmark-dev dataset-fashion-mnist)
if [[ ! -x $VENV/bin/python ]]; then
  "$PYTHON" -c 'import sys; assert sys.version_info >= (3, 10)' ||
    { echo "setup: Python 3.10 or later is needed; name one with make PYTHON=..." >&2; exit 1; }
  "$PYTHON" -c 'import ensurepip, venv' 2>/dev/null || packages+=(python3-venv)
  "$PYTHON" -c 'import os, sysconfig as s; assert os.path.exists(s.get_path("include") + "/Python.h")' 2>/dev/null ||
    packages+=(python3-dev)
fi

missing=()
for p in "${packages[@]}"; do
  [[ $(dpkg-query -W -f '${Status}' "$p" 2>/dev/null) == *" installed" ]] || missing+=("$p")
done
if ((${#missing[@]})); then
  if ! command -v apt-get >/dev/null; then
    echo "setup: no apt-get here; if the build misses something, these are Debian's names: ${missing[*]}" >&2
  elif [[ $(id -u) != 0 ]]; then
    echo "setup: packages are missing. Run this once, then make again:" >&2
    echo "  sudo apt-get update && sudo apt-get install -y ${missing[*]}" >&2
    exit 1
  else
    echo "setup: installing Debian packages: ${missing[*]} ..."
    install() { DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"; }
    log=$(mktemp)
    install >"$log" 2>&1 || { apt-get update -qq >"$log" 2>&1 && install >"$log" 2>&1; } ||
      { cat "$log" >&2; exit 1; }
    rm -f "$log"
  fi
fi

if [[ ! -x $VENV/bin/python ]] || ! "$VENV/bin/python" -m pip --version >/dev/null 2>&1; then
  echo "setup: making $VENV ..."
  "$PYTHON" -m venv --clear "$VENV"
fi

pip() { "$VENV/bin/python" -m pip --disable-pip-version-check install -q "$@"; }
wanted() { "$VENV/bin/python" -I tools/requirements.py; }

torch=$(wanted | grep '^torch==' || true)
if [[ $torch ]]; then  # By far the largest; everything else is quick once it is there.
  echo "setup: installing PyTorch ${torch#torch==} (about 5 GB with its libraries) ..."
  pip "$torch"
fi
rest=$(wanted)
if [[ $rest ]]; then
  mapfile -t rest <<<"$rest"
  echo "setup: installing ${rest[*]} ..."
  pip "${rest[@]}"
fi
