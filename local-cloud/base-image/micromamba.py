#!/usr/bin/python3 -IBu
"""The part of micromamba's command line that an image build uses, on the rattler library.

micromamba itself cannot be had from a package registry; rattler (PyPI) solves and installs the same packages from the
same channels. Options and files mean what they mean in micromamba, and an option that is not known here is refused by
name.
"""

import argparse
import asyncio
import contextlib
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from typing import NamedTuple, NoReturn

sys.path.insert(0, "/opt/conda/lib/micromamba")

import yaml  # noqa: E402
from rattler import (  # noqa: E402
    Channel,
    Gateway,
    MatchSpec,
    Platform,
    RepoDataRecord,
    VirtualPackage,
    install,
    solve,
)
from rattler.networking import Client  # noqa: E402
from rattler.package_streaming import download_to_path  # noqa: E402

PLATFORM = str(Platform.current())


class Environment(NamedTuple):
    """What a conda environment file asks for."""

    channels: list[str]
    specs: list[str]
    pip: list[str]
    variables: dict[str, str]


class Locked(NamedTuple):
    """A line of an explicit file: exactly one package, with a hash or without."""

    url: str
    algorithm: str | None = None
    digest: str | None = None


def main() -> None:
    options = parse(sys.argv[1:])
    if options.command == "clean":
        shutil.rmtree(package_cache(), ignore_errors=True)
        return
    if os.path.exists(os.path.join(options.prefix, "conda-meta")):
        fail(f"there is an environment in {options.prefix} already", "choose another --prefix")
    if options.file.endswith((".yml", ".yaml")):
        environment = read_environment(options.file)
        asyncio.run(create_solved(options.prefix, environment))
        write_variables(options.prefix, environment.variables)
        install_with_pip(options.prefix, options.file, environment.pip)
    else:
        asyncio.run(create_locked(options.prefix, read_explicit(options.file)))


def parse(arguments: list[str]) -> argparse.Namespace:
    """Reads the command line; argparse itself refuses what is not declared, with exit code 2."""
    parser = argparse.ArgumentParser(prog="micromamba", allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", required=True, metavar="create, clean")
    command = commands.add_parser("create", help="make a new environment", allow_abbrev=False)
    command.add_argument("-y", "--yes", action="store_true", required=True, help="do not ask (required)")
    command.add_argument("-p", "--prefix", required=True, help="directory of the environment")
    command.add_argument("-f", "--file", required=True, help="conda environment file (.yml, .yaml) or explicit file")
    clean = commands.add_parser("clean", help="remove what was downloaded", allow_abbrev=False)
    clean.add_argument("-a", "--all", action="store_true", required=True, help="all of it (required)")
    clean.add_argument("-y", "--yes", action="store_true", required=True, help="do not ask (required)")
    return parser.parse_args(arguments)


def read_environment(file: str) -> Environment:
    """Keys that are not of a conda environment file are passed over, as micromamba does."""
    try:
        content = yaml.safe_load(read(file))
    except yaml.YAMLError as error:
        fail(f"{file} is not YAML ({error})", "give a conda environment file")
    environment = content if isinstance(content, dict) else {}
    for key in ("channels", "dependencies"):
        if not isinstance(environment.get(key), list) or not environment[key]:
            fail(f"{file} has no {key}", f"add a list '{key}:'")
    specs, pip = [], []
    for entry in environment["dependencies"]:
        if isinstance(entry, str):
            specs.append(entry)
        elif isinstance(entry, dict) and list(entry) == ["pip"]:
            pip += texts(file, "pip", entry["pip"])
        else:
            fail(f"{file}: {entry!r} under dependencies is not supported", "give a conda package or a list 'pip:'")
    if pip and "pip" not in specs:
        specs.append("pip")
    channels = texts(file, "channels", environment["channels"])
    variables = environment.get("variables") or {}
    if not isinstance(variables, dict):
        fail(f"{file}: variables is {variables!r}", "give names and values")
    return Environment(
        [channel for channel in channels if channel != "nodefaults"],  # no channel, and there are no defaults here
        specs,
        pip,
        {str(name): str(value) for name, value in variables.items()},
    )


def texts(file: str, key: str, entries: object) -> list[str]:
    if isinstance(entries, list) and all(isinstance(entry, str) for entry in entries):
        return entries
    fail(f"{file}: {entries!r} under {key} is not a list of texts", "write an entry a line, in quotes where in doubt")


def read_explicit(file: str) -> list[Locked]:
    """The packages of an explicit file: after `@EXPLICIT`, a URL a line, with `#sha256:HEX`, `#MD5` or no hash."""
    lines = [line.strip() for line in read(file).splitlines()]
    for line in lines:
        if line.startswith("# platform: ") and line.removeprefix("# platform: ") != PLATFORM:
            fail(f"{file} is for {line.removeprefix('# platform: ')}, and this is {PLATFORM}", "give this platform's")
    if "@EXPLICIT" not in lines:
        fail(f"{file} has no line @EXPLICIT", "give a lock file, or an environment file that ends in .yml or .yaml")
    entries = [line for line in lines[lines.index("@EXPLICIT") + 1 :] if line and not line.startswith("#")]
    if not entries:
        fail(f"{file} has no package after @EXPLICIT", "make it anew")
    packages = [read_entry(file, entry) for entry in entries]
    names = [package.url.rpartition("/")[2].rsplit("-", 2)[0] for package in packages]
    for name in names:
        if names.count(name) > 1:
            fail(f"{file} has {name} {names.count(name)} times", "make it anew")
    return packages


def read_entry(file: str, entry: str) -> Locked:
    url, _, fragment = entry.partition("#")
    path = re.fullmatch(r"https?://.+/([^/]+)/[^/]+-[^/-]+-[^/-]+\.(?:conda|tar\.bz2)", url)
    if path is None:
        fail(f"{file}: {entry} is not the URL of a conda package", "it ends in SUBDIR/NAME-VERSION-BUILD.conda")
    if path[1] not in (PLATFORM, "noarch"):
        fail(f"{file}: {entry} is for {path[1]}, and this is {PLATFORM}", "give this platform's file")
    digest = re.fullmatch(r"(?:sha256:)?([0-9a-f]{64})|([0-9a-f]{32})", fragment.lower())
    if fragment and digest is None:
        fail(f"{file}: {entry} has no whole hash after #", "write #sha256: and 64 hexadecimal digits, or an MD5's 32")
    if digest is None:
        return Locked(url)
    return Locked(url, "sha256", digest[1]) if digest[1] else Locked(url, "md5", digest[2])


def read(file: str) -> str:
    try:
        with open(file, encoding="utf-8") as stream:
            return stream.read()
    except (OSError, UnicodeDecodeError) as error:
        fail(f"{file} cannot be read ({error})", "give a text file that is there")


async def create_solved(prefix: str, environment: Environment) -> None:
    """Every Python brings pip, which is micromamba's default (add_pip_as_python_dependency)."""
    records = await solve(
        [Channel(channel) for channel in environment.channels],
        [MatchSpec(spec) for spec in environment.specs],
        gateway=Gateway(cache_dir=os.path.join(package_cache(), "cache")),
        virtual_packages=VirtualPackage.detect(),
        add_pip_as_python_dependency=True,
    )
    await link(prefix, records)


async def create_locked(prefix: str, packages: list[Locked]) -> None:
    """Nothing is solved: the packages are those of the file."""
    with tempfile.TemporaryDirectory() as directory:
        records = [await fetch_record(package, directory) for package in packages]
    await link(prefix, records)


async def fetch_record(package: Locked, directory: str) -> RepoDataRecord:
    """
    A package's record, which is in the package itself. The hash is verified here: of a package that is in its cache,
    rattler checks the SHA-256 only. The record has that in any case, so what is linked is what was verified.
    """
    subdir_url, _, name = package.url.rpartition("/")
    file = os.path.join(directory, name)
    await download_to_path(Client(), package.url, file)
    if package.algorithm:
        with open(file, "rb") as stream:
            found = hashlib.file_digest(stream, package.algorithm).hexdigest()
        if found != package.digest:
            fail(
                f"{package.url} has the {package.algorithm} {found}, and the file says {package.digest}",
                "the package has changed or is damaged; make the file anew if you trust it",
            )
    record = await RepoDataRecord.from_package_archive(file)
    os.remove(file)
    record.url, record.file_name = package.url, name
    record.channel = subdir_url.rpartition("/")[0] + "/"
    return record


async def link(prefix: str, records: list[RepoDataRecord]) -> None:
    """Downloads and links."""
    for record in sorted(records, key=lambda record: record.name.normalized):
        print(f"  + {record.name.normalized} {record.version} {record.build}  {record.channel}")
    with unpacked_packages(prefix) as directory:
        await install(records, prefix, cache_dir=directory, show_progress=False)
    print(f"{len(records)} packages installed in {prefix}")


@contextlib.contextmanager
def unpacked_packages(prefix: str) -> Iterator[str]:
    """
    Where packages are unpacked, to be linked into the environment: in $MAMBA_ROOT_PREFIX/pkgs, where micromamba keeps
    them. From another file system, as a build's cache is, they would be copied, and everything be there twice. There
    they are unpacked beside the environment and not kept: the channel is on this machine, so downloads cost nothing.
    """
    parent = os.path.dirname(os.path.abspath(prefix))
    for directory in (parent, package_cache()):
        os.makedirs(directory, exist_ok=True)
    if can_link(package_cache(), parent):
        yield package_cache()
    else:
        with tempfile.TemporaryDirectory(dir=parent) as directory:
            yield directory


def can_link(source: str, target: str) -> bool:
    """Tried, because two mounts of one file system look the same and are not."""
    with tempfile.NamedTemporaryFile(dir=source) as file:
        link = os.path.join(target, os.path.basename(file.name))
        try:
            os.link(file.name, link)
        except OSError:
            return False
        os.remove(link)
        return True


def package_cache() -> str:
    return os.path.join(os.environ.get("MAMBA_ROOT_PREFIX", "/opt/conda"), "pkgs")


def write_variables(prefix: str, variables: dict[str, str]) -> None:
    """Where an activation finds them, in micromamba's form."""
    if variables:
        with open(os.path.join(prefix, "conda-meta/state"), "w", encoding="utf-8") as stream:
            json.dump({"env_vars": {name.upper(): value for name, value in variables.items()}}, stream, indent=4)


def install_with_pip(prefix: str, file: str, requirements: list[str]) -> None:
    """Runs the environment's pip beside the file, so that what the requirements name is found from there."""
    if not requirements:
        return
    directory = os.path.dirname(os.path.abspath(file))
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=directory) as stream:
        stream.write("".join(f"{requirement}\n" for requirement in requirements))
        stream.flush()
        command = [os.path.join(prefix, "bin/python"), "-m", "pip", "install", "-r", stream.name, "--no-input"]
        status = subprocess.run(command, cwd=directory, check=False).returncode
    if status != 0:
        fail(
            f"pip could not install {', '.join(requirements)} ({file}, under pip)",
            "see its message above; the local cloud has conda packages only, so PyPI must be reachable from the build",
        )


def fail(problem: str, remedy: str) -> NoReturn:
    raise ValueError(f"{problem}: {remedy}")


def leave(status: int) -> NoReturn:
    """Ends without Python's own finishing, which the threads of rattler do not survive: it crashes now and then."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    try:
        main()
    except SystemExit as error:  # argparse has said what is wrong
        leave(error.code)
    except Exception as error:  # rattler's errors are for people: which package has no candidate, which URL failed
        print(f"micromamba: {error}", file=sys.stderr)
        leave(1)
    leave(0)
