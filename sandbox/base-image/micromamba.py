#!/usr/bin/python3 -IBu
"""The part of micromamba's command line that an image build uses, on the rattler library.

micromamba itself cannot be had from a package registry; rattler (PyPI) solves and installs the same packages from the
same channels. Options mean what they mean in micromamba, and an option that is not known here is refused by name.
"""

import argparse
import asyncio
import os
import sys
from typing import NoReturn

sys.path.insert(0, "/usr/local/lib/micromamba")

import yaml  # noqa: E402
from rattler import Channel, Gateway, MatchSpec, VirtualPackage, install, solve  # noqa: E402


def main() -> None:
    options = parse(sys.argv[1:])
    channels, specs = read_environment(options.file)
    if os.path.exists(os.path.join(options.prefix, "conda-meta")):
        fail(f"there is an environment in {options.prefix} already", "choose another --prefix")
    asyncio.run(create(options.prefix, channels, specs))


def parse(arguments: list[str]) -> argparse.Namespace:
    """Reads the command line; argparse itself refuses what is not declared, with exit code 2."""
    parser = argparse.ArgumentParser(prog="micromamba", allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", required=True, metavar="create")
    command = commands.add_parser("create", help="make a new environment", allow_abbrev=False)
    command.add_argument("-y", "--yes", action="store_true", required=True, help="do not ask (required)")
    command.add_argument("-p", "--prefix", required=True, help="directory of the environment")
    command.add_argument("-f", "--file", required=True, help="conda environment file")
    return parser.parse_args(arguments)


def read_environment(file: str) -> tuple[list[str], list[str]]:
    """The channels and the package specs of a conda environment file."""
    try:
        with open(file, encoding="utf-8") as stream:
            environment = yaml.safe_load(stream)
    except (OSError, yaml.YAMLError) as error:
        fail(f"{file} cannot be read ({error})", "give a conda environment file")
    lists = environment if isinstance(environment, dict) else {}
    for key in ("channels", "dependencies"):
        entries = lists.get(key)
        if not isinstance(entries, list) or not entries:
            fail(f"{file} has no {key}", f"add a list '{key}:'")
        for entry in entries:
            if not isinstance(entry, str):
                fail(f"{file}: {entry!r} under {key} is not supported", "only conda packages are installed here")
    return lists["channels"], lists["dependencies"]


async def create(prefix: str, channels: list[str], specs: list[str]) -> None:
    """Solves, downloads and links. Packages are kept in $MAMBA_ROOT_PREFIX/pkgs, as micromamba keeps them."""
    cache = os.path.join(os.environ.get("MAMBA_ROOT_PREFIX", "/opt/conda"), "pkgs")
    records = await solve(
        [Channel(channel) for channel in channels],
        [MatchSpec(spec) for spec in specs],
        gateway=Gateway(cache_dir=os.path.join(cache, "cache")),
        virtual_packages=VirtualPackage.detect(),
    )
    for record in sorted(records, key=lambda record: record.name.normalized):
        print(f"  + {record.name.normalized} {record.version} {record.build}  {record.channel}")
    await install(records, prefix, cache_dir=cache, show_progress=False)
    print(f"{len(records)} packages installed in {prefix}")


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
