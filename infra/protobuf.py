"""`python -m infra.protobuf [--check]`: code and type stubs in proto/gen from the .proto files, with grpc_tools.

`--check` writes nothing and exits 1, naming the files, when what is committed is not what would be generated.
"""

import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

from grpc_tools import protoc

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "proto"
GENERATED = SOURCES / "gen"
_PLUGINS = ("protoc-gen-mypy", "protoc-gen-mypy_grpc")


def generate(target: Path) -> None:
    """Fill `target` with packages for every .proto below proto/wangge. Raises SystemExit when protoc refuses."""
    scripts = Path(sysconfig.get_path("scripts"))
    arguments = [
        "protoc",
        f"--proto_path={SOURCES}",
        f"--proto_path={resources.files('grpc_tools') / '_proto'}",
        *(f"--plugin={plugin}={scripts / plugin}" for plugin in _PLUGINS),
        *(f"--{kind}_out={target}" for kind in ("python", "grpc_python", "mypy", "mypy_grpc")),
        *map(str, sorted((SOURCES / "wangge").rglob("*.proto"))),
    ]
    if protoc.main(arguments):
        raise SystemExit("protoc refused the .proto files; its words are above")
    for package in [folder for folder in (target / "wangge", *(target / "wangge").rglob("*")) if folder.is_dir()]:
        (package / "__init__.py").touch()


def differences(expected: Path, found: Path) -> list[str]:
    """Files below the one folder that are missing, different or superfluous below the other, by relative path."""
    wanted, there = dict(_contents(expected)), dict(_contents(found))
    return sorted(name for name in wanted.keys() | there.keys() if wanted.get(name) != there.get(name))


def _contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in folder.rglob("*.py*"):
        if "__pycache__" not in path.parts:
            yield str(path.relative_to(folder)), path.read_bytes()


def main() -> None:
    """Generate into proto/gen, or with `--check` compare."""
    if "--check" not in sys.argv[1:]:
        generate(GENERATED)
        return
    with tempfile.TemporaryDirectory() as scratch:
        generate(Path(scratch))
        stale = differences(Path(scratch), GENERATED)
    if stale:
        sys.exit("not what `make generate` gives:\n  " + "\n  ".join(stale))


if __name__ == "__main__":
    main()
