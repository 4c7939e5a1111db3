#!/usr/bin/env bash
# Build, C++ tests, Python tests. Both runners always run; the last lines say what each took.
set -uo pipefail
cd "$(dirname "$0")/.."
failed=0 times=()

part() {  # part NAME COMMAND...
  local name=$1 start=$SECONDS result=passed
  shift
  "$@" || { result=FAILED; failed=1; }
  times+=("$(printf '%-14s %-7s %2d min %02d s' "$name" "$result" $(((SECONDS - start) / 60)) $(((SECONDS - start) % 60)))")
}

part build bash tools/build.sh
if ((!failed)); then
  part "C++ tests" .venv/bin/ctest --test-dir build/release --output-on-failure -j2 --timeout 300 --no-tests=error
  # Two processes with one thread each: most tests are small, and threads that wait for each other only cost.
  part "Python tests" env OMP_NUM_THREADS="${OMP_NUM_THREADS:-1}" \
    .venv/bin/python -I -m pytest -q -n "${PYTEST_WORKERS:-2}" --dist worksteal tests
fi
printf '%s\n' "" "${times[@]}"
exit $failed
