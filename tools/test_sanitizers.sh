#!/usr/bin/env bash
# The C++ tests that know no torch, under the presets named as arguments.
set -euo pipefail
cd "$(dirname "$0")/.."
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_stack_use_after_return=1:strict_string_checks=1}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1:halt_on_error=1}
export TSAN_OPTIONS=${TSAN_OPTIONS:-halt_on_error=1:second_deadlock_stack=1}
mkdir -p build
for preset in "$@"; do
  echo "== $preset"
  .venv/bin/cmake --preset "$preset" -DSOFTNPU_WERROR="${CI:+ON}" >"build/$preset.log" 2>&1 ||
    { cat "build/$preset.log" >&2; exit 1; }
  .venv/bin/cmake --build --preset "$preset"
  .venv/bin/ctest --test-dir "build/$preset" --output-on-failure -j2 --timeout 300 --no-tests=error
done
