"""Makes the local cloud's conda channel: real packages, few and small, the same bytes each time.

As in conda-forge, packages of today are .conda files and some older ones .tar.bz2 files.

Runs inside the base image's root file system, whose Python becomes the channel's `python` package.
usage: make_channel.py packages.json DIRECTORY_OF_WHEELS CHANNEL_DIRECTORY
"""

import asyncio
import bz2
import configparser
import hashlib
import io
import json
import os
import platform
import shutil
import sys
import tarfile
import time
import zipfile

sys.path[:0] = ["/opt/conda/lib/micromamba", "/tmp/library"]

import zstandard  # noqa: E402
from rattler import Platform  # noqa: E402
from rattler.index import index_fs  # noqa: E402

# 2026-01-01T00:00:00Z, the time of every package and every file in one.
TIMESTAMP = 1767225600
PYTHON = platform.python_version()
MINOR = ".".join(PYTHON.split(".")[:2])


def main() -> None:
    table, wheels, channel = sys.argv[1:]
    with open(table, encoding="utf-8") as stream:
        packages = json.load(stream)
    make_python(channel)
    for package in packages["standIns"]:
        make_stand_in(channel, package)
    for package in packages["wheels"]:
        repack_wheel(channel, package, wheels)
    asyncio.run(index_fs(channel, write_zst=False, write_shards=False))
    shutil.rmtree(os.path.join(channel, ".tmp"), ignore_errors=True)  # the indexer's
    for subdir in os.listdir(channel):
        forget_time_of_indexing(os.path.join(channel, subdir, "repodata.json"))


def forget_time_of_indexing(file: str) -> None:
    """It would end up in every image, in the records of what is installed, and make two builds differ."""
    with open(file, encoding="utf-8") as stream:
        repodata = json.load(stream)
    for record in [*repodata["packages"].values(), *repodata["packages.conda"].values()]:
        del record["indexed_timestamp"]
    with open(file, "w", encoding="utf-8") as stream:
        json.dump(repodata, stream, indent=1)


def make_python(channel: str) -> None:
    """`python`: the image's interpreter, set up as a virtual environment is (PEP 405); its library stays in /usr."""
    with open(f"/usr/bin/python{MINOR}", "rb") as stream:
        interpreter = stream.read()
    files = {f"bin/python{MINOR}": (interpreter, 0o755), "pyvenv.cfg": (b"home = /usr/bin\n", 0o644)}
    links = {"bin/python": f"python{MINOR}", "bin/python3": f"python{MINOR}"}
    index = {"name": "python", "version": PYTHON, "build": "0_debian", "depends": [], "license": "PSF-2.0"}
    summary = f"Debian's Python {PYTHON} as a conda package; needs the base image of the local cloud"
    write_package(channel, str(Platform.current()), index, summary, files, links=links)


def make_stand_in(channel: str, package: dict) -> None:
    """A package that can be imported and knows its version, and does nothing else."""
    summary = f"Stand-in for {package['name']} in the local cloud's channel: a name and a version, no function"
    module = f'"""{summary}."""\n\n__version__ = "{package["version"]}"\n'
    metadata = f"Metadata-Version: 2.1\nName: {package['name']}\nVersion: {package['version']}\nSummary: {summary}\n"
    path = package["module"].replace(".", "/")
    info = f"{package['name'].replace('-', '_')}-{package['version']}.dist-info"
    files = {f"site-packages/{path}/__init__.py": module, f"site-packages/{info}/METADATA": metadata}
    write_noarch(channel, package, "standin_0", summary, {name: text.encode() for name, text in files.items()}, [])


def repack_wheel(channel: str, package: dict, wheels: str) -> None:
    """The package itself, from its wheel on PyPI: modules as they are, console scripts as conda entry points."""
    prefix = f"{package['name']}-{package['version']}-"
    wheel = next(name for name in os.listdir(wheels) if name.lower().startswith(prefix))
    with zipfile.ZipFile(os.path.join(wheels, wheel)) as archive:
        content = {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}
    if any(".data/" in name for name in content):
        raise SystemExit(f"{wheel}: files outside site-packages are not repacked")
    scripts = configparser.ConfigParser(delimiters="=")
    scripts.optionxform = str
    for name, data in content.items():
        if name.endswith(".dist-info/entry_points.txt"):
            scripts.read_string(data.decode())
    console = scripts["console_scripts"] if scripts.has_section("console_scripts") else {}
    entry_points = [f"{name} = {target}" for name, target in console.items()]
    summary = f"{package['name']} from its wheel on PyPI"
    files = {f"site-packages/{name}": data for name, data in content.items()}
    write_noarch(channel, package, "pypi_0", summary, files, entry_points)


def write_noarch(
    channel: str, package: dict, build: str, summary: str, files: dict[str, bytes], entry_points: list[str]
) -> None:
    index = {
        "name": package["name"],
        "version": package["version"],
        "build": build,
        "depends": ["python >=3.10", *package["depends"]],
        "noarch": "python",
    }
    link = {"noarch": {"type": "python", "entry_points": entry_points}, "package_metadata_version": 1}
    content = {name: (data, 0o644) for name, data in files.items()}
    write_package(channel, "noarch", index, summary, content, link=link, format=package.get("format", "conda"))


def write_package(
    channel: str,
    subdir: str,
    index: dict,
    summary: str,
    files: dict[str, tuple[bytes, int]],
    links: dict[str, str] | None = None,
    link: dict | None = None,
    format: str = "conda",
) -> None:
    """A conda package: the files and, under info/, what describes them."""
    links = links or {}
    paths = [
        {"_path": name, "path_type": "hardlink", "sha256": hashlib.sha256(data).hexdigest(), "size_in_bytes": len(data)}
        for name, (data, _) in files.items()
    ]
    paths += [
        {"_path": name, "path_type": "softlink", "sha256": hashlib.sha256(b"").hexdigest(), "size_in_bytes": 0}
        for name in links
    ]
    index = {**index, "build_number": 0, "subdir": subdir, "timestamp": TIMESTAMP * 1000}
    described = {
        "info/index.json": index,
        "info/about.json": {"summary": summary},
        "info/paths.json": {"paths": sorted(paths, key=lambda path: path["_path"]), "paths_version": 1},
        **({"info/link.json": link} if link else {}),
    }
    info = {name: (json.dumps(value, indent=2, sort_keys=True).encode(), 0o644) for name, value in described.items()}
    info["info/files"] = ("".join(f"{name}\n" for name in sorted([*files, *links])).encode(), 0o644)
    os.makedirs(os.path.join(channel, subdir), exist_ok=True)
    path = os.path.join(channel, subdir, f"{index['name']}-{index['version']}-{index['build']}")
    if format == "conda":
        write_conda(path, info, files, links)
    else:
        with open(f"{path}.tar.bz2", "wb") as stream:
            stream.write(bz2.compress(tar({**info, **files}, links)))


def write_conda(path: str, info: dict, files: dict, links: dict[str, str]) -> None:
    """Version 2 of the format: a zip file of two tar files, so that what describes the package is read on its own."""
    stem = os.path.basename(path)
    compressor = zstandard.ZstdCompressor(level=19)
    with zipfile.ZipFile(f"{path}.conda", "w") as archive:
        for name, data in {
            "metadata.json": json.dumps({"conda_pkg_format_version": 2}).encode(),
            f"pkg-{stem}.tar.zst": compressor.compress(tar(files, links)),
            f"info-{stem}.tar.zst": compressor.compress(tar(info, {})),
        }.items():
            archive.writestr(zipfile.ZipInfo(name, time.gmtime(TIMESTAMP)[:6]), data)


def tar(files: dict[str, tuple[bytes, int]], links: dict[str, str]) -> bytes:
    """Names in order, what is under info/ first."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, (data, mode) in sorted(files.items(), key=lambda file: (not file[0].startswith("info/"), file[0])):
            archive.addfile(header(name, mode, size=len(data)), io.BytesIO(data))
        for name, target in sorted(links.items()):
            archive.addfile(header(name, 0o777, type=tarfile.SYMTYPE, linkname=target))
    return buffer.getvalue()


def header(name: str, mode: int, **fields: object) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.mode, info.mtime = mode, TIMESTAMP
    for field, value in fields.items():
        setattr(info, field, value)
    return info


main()
sys.stdout.flush()
os._exit(0)  # Python's own finishing can crash while threads of rattler end
