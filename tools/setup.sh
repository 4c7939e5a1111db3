#!/usr/bin/env bash
# Makes .venv with what building, testing and running need; installs Debian packages where it may.
# Does nothing, and needs no network, where everything is there.
set -euo pipefail
PYTHON=${PYTHON:-python3} VENV=${VENV:-.venv}

needed=(g++ git libgtest-dev libgmock-dev nlohmann-json3-dev)
useful=(ccache dataset-fashion-mnist)  # faster builds; data for the quick start where it cannot be downloaded
if [[ ! -x $VENV/bin/python ]]; then
  "$PYTHON" -c 'import sys; assert sys.version_info >= (3, 10)' 2>/dev/null ||
    { echo "setup: $PYTHON is not Python 3.10 or later; name one with make PYTHON=..." >&2; exit 1; }
  "$PYTHON" -c 'import ensurepip, venv' 2>/dev/null || needed+=(python3-venv)
  "$PYTHON" -c 'import os, sysconfig as s; assert os.path.exists(s.get_path("include") + "/Python.h")' 2>/dev/null ||
    needed+=(python3-dev)
fi

absent() { for p; do [[ $(dpkg-query -W -f '${Status}' "$p" 2>/dev/null) == *" installed" ]] || echo "$p"; done; }
apt_install() { DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"; }
mapfile -t missing < <(absent "${needed[@]}")
extra=()  # tried once: what cannot be had must not slow down every make
[[ -x $VENV/bin/python ]] || mapfile -t extra < <(absent "${useful[@]}")

if ! command -v apt-get >/dev/null; then
  ((${#missing[@]} == 0)) || echo "setup: no apt-get here. Needed, by Debian's names: ${missing[*]}" >&2
elif [[ $(id -u) == 0 ]]; then
  if ((${#missing[@]} + ${#extra[@]})); then
    echo "setup: installing Debian packages: ${missing[*]} ${extra[*]} ..."
    log=$(mktemp)
    { apt_install "${missing[@]}" "${extra[@]}" || { apt-get update -qq && apt_install "${missing[@]}" "${extra[@]}"; } ||
      { ((${#missing[@]} == 0)) || apt_install "${missing[@]}"; }; } >"$log" 2>&1 || { cat "$log" >&2; exit 1; }
    rm -f "$log"
  fi
elif ((${#missing[@]})); then
  echo "setup: packages are missing. Run this once, then make again:" >&2
  echo "  sudo apt-get update && sudo apt-get install -y ${missing[*]} ${extra[*]}" >&2
  exit 1
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
