# Every target does its own set-up. SoftNPU installs into .venv; nothing outside this folder but Debian packages.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)
export CCACHE_BASEDIR := $(CURDIR)
export CCACHE_NOHASHDIR := 1
export CCACHE_SLOPPINESS := include_file_mtime,include_file_ctime,time_macros,pch_defines
export CMAKE_BUILD_PARALLEL_LEVEL ?= $(shell nproc)
# -I: what is installed, not what lies in the current folder.
RUN := $(BIN)/python -I

.PHONY: help setup build quickstart test test-sanitizers bench lint format vendor-check clean
.NOTPARALLEL:

help:
	@echo "make build            build and install into $(VENV)"
	@echo "make quickstart       build, then train a GPU script on npu:0"
	@echo "make test             build, C++ tests, Python tests"
	@echo "make test-sanitizers  the C++ tests that need no torch, under address, undefined and thread sanitizers"
	@echo "make bench            every script in bench/"
	@echo "make vendor-check     the vendor's torch-npu wheel from PyPI on our CANN; CASES=\"cnn bert\" runs these"
	@echo "make lint | format    check the code, or mend its layout; TIDY=all runs clang-tidy on every file"
	@echo "make setup | clean"

# Always looks: it takes half a second where everything is there, and a stamp would believe what is no longer so.
setup:
	@PYTHON="$(PYTHON)" VENV="$(VENV)" bash tools/setup.sh

build: setup
	@bash tools/build.sh

quickstart: build
	@$(BIN)/python examples/quickstart/train.py

test: setup
	@bash tools/test.sh

test-sanitizers: setup
	@bash tools/test_sanitizers.sh asan tsan

bench: build
	@set -e; for script in bench/*.py; do \
	  if grep -q __main__ $$script; then echo "== $$script"; $(BIN)/python $$script; fi; done

vendor-check: build
	@$(BIN)/python tests/clients/vendor/check.py $(CASES)

lint: build
	@$(RUN) tools/lint.py

format: setup
	@$(RUN) tools/lint.py --fix

clean:
	rm -rf build dist
