# 网格. `make` lists the targets. Everything happens in .venv/ and .wangge/ of this folder.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
LOCKS := requirements.lock requirements-dev.lock
COMPILE := $(BIN)/pip-compile --quiet --allow-unsafe --generate-hashes --strip-extras --no-emit-index-url --no-emit-trusted-host --no-emit-find-links
PROTOS = $(shell find proto/wangge -name '*.proto' 2>/dev/null | sort)

.PHONY: help install demo up down test badinput faults bench lint rules generate lock clean

help: ## 列出全部目标 / list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(STAMP) ## 安装到 .venv/ / install everything into .venv/

$(STAMP): $(LOCKS) pyproject.toml services/liaison/client/pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "需要 Python 3.11 或更新版本 / Python 3.11 or newer is needed" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || infra/local/install-venv.sh
	[ -x $(BIN)/python ] && $(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes $(LOCKS:%=-r %)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e . -e services/liaison/client
	@touch $@

demo: install ## 启动平台并演示一件事的全过程 / start the platform and play the story
	$(BIN)/wangge demo

up: install ## 启动平台(前台) / start the platform in the foreground
	$(BIN)/wangge up

down: install ## 停止平台 / stop the platform
	$(BIN)/wangge down

test: install ## 全部测试(故障除外,见 faults)/ all tests but those of faults
	$(BIN)/python -c 'from infra.local.rabbitmq_package import ensure_installed; ensure_installed()'
	$(BIN)/pytest -n 2 --dist loadfile --durations=15 --ignore=tests/faults

faults: install ## 故障测试:杀进程、断服务,对账 / faults under load, checked by a ledger
	$(BIN)/python -c 'from infra.local.rabbitmq_package import ensure_installed; ensure_installed()'
	$(BIN)/pytest tests/faults -s --durations=15

badinput: install ## 错误与恶意的输入 / bad input: the document as every role, and by hand
	$(BIN)/python -c 'from infra.local.rabbitmq_package import ensure_installed; ensure_installed()'
	$(BIN)/pytest -n 2 --dist loadfile --durations=15 tests/badinput

bench: install ## 一百万案件下的速度,写入 docs/benchmarks.md / speed at a million cases
	$(BIN)/python -m tests.bench --write

lint: install ## 格式、类型、分层、生成的代码 / format, types, layers, generated code
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy services gateway infra
	$(BIN)/lint-imports
	$(BIN)/python -m infra.protobuf --check
	$(BIN)/python -m infra.generate --check
	$(BIN)/python -m infra.rules > /dev/null

rules: install ## 每条规则由哪些测试证明 / which tests prove which rule
	$(BIN)/python -m infra.rules

generate: install ## 由 proto/ 生成代码与文档 / generate code and documents
	$(BIN)/python -m infra.protobuf
	$(BIN)/python -m infra.generate

lock: install ## 重新解析依赖版本 / resolve the versions of what we import anew
	$(COMPILE) --output-file=requirements.lock requirements.in
	$(COMPILE) --output-file=requirements-dev.lock requirements-dev.in

clean: ## 删除 .venv/、.wangge/ 与缓存 / delete .venv/, .wangge/ and caches
	[ ! -x $(BIN)/wangge ] || $(BIN)/wangge down --purge
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
