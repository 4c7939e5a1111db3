#!/usr/bin/env bash
# Builds and installs into .venv. Shows the compiler's steps and warnings; the whole log only when it fails.
set -euo pipefail
cd "$(dirname "$0")/.."
log=build/build.log
mkdir -p build

# The C++ tests are built in the same tree, so that there is one build.
settings=(--config-settings=cmake.define.SOFTNPU_TESTS=ON)
# Not yet in CI: some files still warn under it.
settings+=(--config-settings=cmake.define.SOFTNPU_WERROR="${SOFTNPU_WERROR:-OFF}")

if ! .venv/bin/python -m pip --disable-pip-version-check install -v --no-build-isolation --no-deps --no-index \
  "${settings[@]}" . 2>&1 | tee "$log" |
  sed -unE -e 's/^ *(\[[0-9]+\/[0-9]+\]) .* (\S+)$/\1 \2/p' -e '/: (warning|error|fatal error): /p'; then
  cat "$log" >&2
  exit 1
fi

# A Python started in this folder finds the packages' sources here before the installed ones: lend them the compiled part.
site=$(.venv/bin/python -I -c 'import sysconfig; print(sysconfig.get_path("platlib"))')
ln -sfn "$site"/torch_npu/_C.*.so torch_npu/
ln -sfn "$site/softnpu/cann" softnpu/cann
