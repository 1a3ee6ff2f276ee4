"""Makes the local cloud's conda channel: the packages in packages.json, the same bytes each time.

whl2conda converts the wheels. The archives are written here: its own hold the time of the conversion, and the files in
the order in which the disk has them.

Runs inside the base image's root file system, whose Python becomes the channel's `python` package.
usage: make_channel.py packages.json DIRECTORY_OF_WHEELS CHANNEL_DIRECTORY
"""

import asyncio
import bz2
import hashlib
import io
import json
import logging
import os
import platform
import re
import shutil
import sys
import tarfile
import tempfile
import time
import zipfile
from importlib.metadata import PathDistribution
from pathlib import Path

sys.path[:0] = ["/opt/conda/lib/micromamba", "/tmp/library"]

from backports import zstd  # noqa: E402
from packaging.markers import default_environment  # noqa: E402
from rattler import Platform  # noqa: E402
from rattler.index import index_fs  # noqa: E402
from whl2conda.api.converter import (  # noqa: E402
    CondaPackageFormat,
    DependencyRename,
    Wheel2CondaConverter,
)

# 2026-01-01T00:00:00Z, the time of every package and every file in one.
TIMESTAMP = 1767225600
PYTHON = platform.python_version()
MINOR = ".".join(PYTHON.split(".")[:2])
PLATFORM = str(Platform.current())

# What an installer puts the environment's path in the place of.
PREFIX = "/opt/the-prefix-of-the-environment-that-this-is-installed-in"
SCRIPT = """#!{prefix}/bin/python
import sys

from {module} import {function}

if __name__ == "__main__":
    sys.exit({attribute}())
"""


def main() -> None:
    logging.disable(logging.WARNING)  # of whl2conda, on what packages.json has decided
    table, wheels, channel = sys.argv[1:]
    with open(table, encoding="utf-8") as stream:
        packages = json.load(stream)
    make_python(channel)
    for package in packages["standIns"]:
        make_stand_in(channel, package)
    renames = [
        DependencyRename(re.compile(re.escape(package.get("pypi", package["name"]))), package["name"])
        for package in packages["wheels"]
    ]
    for package in packages["wheels"]:
        print(f"packing {package['name']} {package['version']}", flush=True)
        convert_wheel(channel, package, wheels, renames)
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
    index = {"name": "python", "version": PYTHON, "build": "0_debian", "license": "PSF-2.0", "subdir": PLATFORM}
    summary = f"Debian's Python {PYTHON} as a conda package; needs the base image of the local cloud"
    write_package(channel, index, {"about": {"summary": summary}}, files, links)
    # What a package that is compiled for one Python depends on.
    build = f"0_cp{MINOR.replace('.', '')}"
    abi = {"name": "python_abi", "version": MINOR, "build": build, "constrains": [f"python {MINOR}.*"]}
    write_package(channel, {**abi, "subdir": "noarch", "noarch": "generic"}, {"about": {}}, {})


def make_stand_in(channel: str, package: dict) -> None:
    """A package that can be imported and knows its version, and does nothing else."""
    summary = f"Stand-in for {package['name']} in the local cloud's channel: a name and a version, no function"
    module = f'"""{summary}."""\n\n__version__ = "{package["version"]}"\n'
    metadata = f"Metadata-Version: 2.1\nName: {package['name']}\nVersion: {package['version']}\nSummary: {summary}\n"
    dist_info = f"{package['name'].replace('-', '_')}-{package['version']}.dist-info"
    texts = {f"{package['module'].replace('.', '/')}/__init__.py": module, f"{dist_info}/METADATA": metadata}
    index = {
        "name": package["name"],
        "version": package["version"],
        "build": "standin_0",
        "depends": ["python >=3.10", *package["depends"]],
        "subdir": "noarch",
        "noarch": "python",
    }
    link = {"noarch": {"type": "python"}, "package_metadata_version": 1}
    files = {f"site-packages/{name}": (text.encode(), 0o644) for name, text in texts.items()}
    write_package(channel, index, {"about": {"summary": summary}, "link": link}, files)


class Converter(Wheel2CondaConverter):
    def _compute_conda_dependencies(self, dependencies, marker_env=None) -> list[str]:
        """By itself it leaves out what has a condition where the wheel is for any platform. The channel is for one."""
        return super()._compute_conda_dependencies(dependencies, default_environment())


def convert_wheel(channel: str, package: dict, wheels: str, renames: list[DependencyRename]) -> None:
    """The package itself, from its wheel on PyPI, with what the wheel's metadata says of it."""
    prefix = f"{re.sub('[-_.]+', '_', package.get('pypi', package['name']))}-{package['version']}-"
    wheel = next(name for name in os.listdir(wheels) if name.lower().startswith(prefix))
    with tempfile.TemporaryDirectory() as directory:
        converter = Converter(Path(wheels, wheel), Path(directory))
        converter.out_format = CondaPackageFormat.TREE
        converter.allow_impure = True
        converter.keep_pip_dependencies = True
        converter.dependency_rename = renames
        converter.extra_dependencies = glibc_of(wheel)
        tree = converter.convert()
        files = {
            path.relative_to(tree).as_posix(): (path.read_bytes(), 0o755 if path.stat().st_mode & 0o100 else 0o644)
            for path in tree.rglob("*")
            if path.is_file()
        }
        scripts = scripts_of(PathDistribution(next(tree.rglob("*.dist-info"))))
    described = {name: files.pop(name)[0] for name in list(files) if name.startswith("info/")}
    index = json.loads(described["info/index.json"])
    # It writes names in its own way, which conda-forge does not always.
    index["name"] = package["name"]
    # rattler takes `==1.0.*` for `==1.0`.
    index["depends"] = [re.sub(r"==([^,=]+\.\*)", r"\1", dependency) for dependency in index["depends"]]
    if not any(dependency.split()[0] == "python" for dependency in index["depends"]):
        index["depends"].append("python")
    kept = {"about": json.loads(described["info/about.json"])}
    if "info/link.json" in described:
        # With this an installer makes the commands.
        kept["link"], scripts = json.loads(described["info/link.json"]), {}
    licences = {name: (data, 0o644) for name, data in described.items() if name.startswith("info/licenses/")}
    archive = package.get("format", "conda")
    write_package(channel, index, kept, {**files, **scripts, **licences}, format=archive)


def glibc_of(wheel: str) -> list[str]:
    """The oldest glibc that a wheel's name allows, as conda's packages ask for it."""
    named = [(int(major), int(minor)) for major, minor in re.findall(r"manylinux_(\d+)_(\d+)_", wheel)]
    older = {"manylinux1_": (2, 5), "manylinux2010_": (2, 12), "manylinux2014_": (2, 17)}
    versions = named + [version for tag, version in older.items() if tag in wheel]
    return [f"__glibc >={'.'.join(map(str, min(versions)))},<3.0.a0"] if versions else []


def scripts_of(dist_info: PathDistribution) -> dict[str, tuple[bytes, int]]:
    """The commands of a package as files."""
    return {
        f"bin/{entry.name}": (
            SCRIPT.format(
                prefix=PREFIX, module=entry.module, function=entry.attr.split(".")[0], attribute=entry.attr
            ).encode(),
            0o755,
        )
        for entry in dist_info.entry_points.select(group="console_scripts")
    }


def write_package(
    channel: str,
    index: dict,
    described: dict[str, dict],
    files: dict[str, tuple[bytes, int]],
    links: dict[str, str] | None = None,
    format: str = "conda",
) -> None:
    """A conda package: the files and, under info/, what describes them. What of the files is under info/ stays there."""
    links = links or {}
    content = {name: file for name, file in files.items() if not name.startswith("info/")}
    index = {"depends": [], **{key: value for key, value in index.items() if value is not None}}
    index.update(build_number=0, timestamp=TIMESTAMP * 1000)
    paths = [path_of(name, data) for name, (data, _) in content.items()]
    paths += [{**path_of(name, b""), "path_type": "softlink"} for name in links]
    documents = {
        **described,
        "index": index,
        "paths": {"paths": sorted(paths, key=lambda path: path["_path"]), "paths_version": 1},
    }
    info = {name: file for name, file in files.items() if name.startswith("info/")}
    for name, value in documents.items():
        info[f"info/{name}.json"] = (json.dumps(value, indent=2, sort_keys=True).encode(), 0o644)
    info["info/files"] = ("".join(f"{name}\n" for name in sorted([*content, *links])).encode(), 0o644)
    os.makedirs(os.path.join(channel, index["subdir"]), exist_ok=True)
    path = os.path.join(channel, index["subdir"], f"{index['name']}-{index['version']}-{index['build']}")
    if format == "conda":
        write_conda(path, info, content, links)
    else:
        with open(f"{path}.tar.bz2", "wb") as stream:
            stream.write(bz2.compress(tar({**info, **content}, links)))


def path_of(name: str, data: bytes) -> dict:
    path = {
        "_path": name,
        "path_type": "hardlink",
        "sha256": hashlib.sha256(data).hexdigest(),
        "size_in_bytes": len(data),
    }
    has_prefix = PREFIX.encode() in data
    return {**path, "prefix_placeholder": PREFIX, "file_mode": "text"} if has_prefix else path


def write_conda(path: str, info: dict, files: dict, links: dict[str, str]) -> None:
    """Version 2 of the format: a zip file of two tar files, so that what describes the package is read on its own."""
    stem = os.path.basename(path)
    with zipfile.ZipFile(f"{path}.conda", "w") as archive:
        for name, data in {
            "metadata.json": json.dumps({"conda_pkg_format_version": 2}).encode(),
            f"pkg-{stem}.tar.zst": zstd.compress(tar(files, links)),
            f"info-{stem}.tar.zst": zstd.compress(tar(info, {})),
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
