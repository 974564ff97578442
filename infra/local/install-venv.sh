#!/usr/bin/env bash
# Debian keeps venv and pip apart from python3: install them where we may, otherwise say what to install.
set -euo pipefail
if [[ $EUID -ne 0 ]] || ! command -v apt-get >/dev/null; then
  echo "缺少 Python 的 venv 模块,请先运行:sudo apt-get install python3-venv" >&2
  echo "Python's venv module is missing; run: sudo apt-get install python3-venv" >&2
  exit 1
fi
echo "正在安装 python3-venv(apt-get)… / Installing python3-venv with apt-get…"
export DEBIAN_FRONTEND=noninteractive
apt-get update -q >/dev/null
apt-get install -y -q --no-install-recommends python3-venv >/dev/null
