# Every target does its own set-up. SoftNPU installs into .venv; nothing outside this folder but Debian packages.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export CCACHE_BASEDIR := $(CURDIR)
export CCACHE_NOHASHDIR := 1
export CCACHE_SLOPPINESS := include_file_mtime,include_file_ctime,time_macros

.PHONY: setup build quickstart test bench lint format clean

setup: $(VENV)/.ready

$(VENV)/.ready: tools/setup.sh pyproject.toml
	PYTHON=$(PYTHON) VENV=$(VENV) bash tools/setup.sh
	touch $@

# The C++ tests are built in the same tree, so that there is one build.
build: setup
	$(BIN)/python -m pip install -q --no-build-isolation --no-deps --no-index -C cmake.define.SOFTNPU_TESTS=ON .

test: build
	ctest --test-dir build/release --output-on-failure -j2
	$(BIN)/python -m pytest -q tests

clean:
	rm -rf build dist
