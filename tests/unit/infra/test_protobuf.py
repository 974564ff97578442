"""The generated code is what the .proto files say, and a difference is named."""

from pathlib import Path

from infra.protobuf import differences


def test_missing_different_and_superfluous_files_are_named(tmp_path: Path) -> None:
    for folder, files in {"new": {"a.py": "1", "b.py": "1"}, "old": {"b.py": "2", "c.pyi": "1"}}.items():
        (tmp_path / folder).mkdir()
        for name, text in files.items():
            (tmp_path / folder / name).write_text(text)
    assert differences(tmp_path / "new", tmp_path / "old") == ["a.py", "b.py", "c.pyi"]
    assert differences(tmp_path / "new", tmp_path / "new") == []
