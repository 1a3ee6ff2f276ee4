import type { Constraint } from "../constraint";
import { anyVersion, parseVersionSpec } from "./version-spec";

/** A conda package specification: `channel::name version build`. */
export interface MatchSpec {
  /** In lower case. */
  name: string;
  channel?: string;
  /** The pattern that the build must match. */
  build?: string;
  constraint: Constraint;
}

/**
 * Reads a conda package specification as conda does: `MatchSpec` in its conda/models/match_spec.py, described in
 * https://docs.conda.io/projects/conda/en/stable/user-guide/concepts/pkg-specs.html. What conda would take for something
 * that nobody means (`numpy=1.20 pandas=1.2`, whose build is 1.2) is refused.
 *
 * @throws Error that says why it is none
 */
export function parseMatchSpec(text: string): MatchSpec {
  const [specification = ""] = text.split("#", 1);
  if (isArchive(specification)) return parseArchive(specification.trim());
  const [, dashed] = /^-(\w[\w.-].*)$/s.exec(specification.trim()) ?? [];
  if (dashed !== undefined) throw new Error(`write a space behind the dash: "- ${dashed}"`);
  const { bare, brackets } = takeBrackets(specification.trim());
  if (/[()]/.test(bare) && !/[|,]/.test(bare)) {
    throw new Error("conda takes no notice of what is in parentheses: write it without them");
  }
  const [, before, rest = ""] = /^(?:([^\s[=<>!~]+)::)?(.*)$/s.exec(bare) ?? [];
  const name = nameIn(rest);
  const written = splitBuild(rest.slice(name.length).trim());
  const build = brackets.get("build") ?? written.build;
  const inBrackets = brackets.get("version");
  const version = inBrackets === undefined ? written.version : inBrackets;
  const channel = channelIn(brackets.get("channel") ?? before);
  return {
    name: checkedName(name),
    ...(channel !== undefined && { channel }),
    ...(build !== undefined && build !== "*" && { build: checkedBuild(build) }),
    constraint: version === "" ? anyVersion : parseVersionSpec(meant(version, build)),
  };
}

/** What may stand in brackets: the fields of conda's `MatchSpec`. Those that are not read do not change the version. */
const fields = [
  ...["version", "build", "channel", "subdir", "name", "build_number", "track_features", "features", "url", "md5"],
  ...["sha256", "license", "license_family", "fn", "when", "extras", "flags"],
];

function takeBrackets(text: string): { bare: string; brackets: Map<string, string> } {
  const brackets = new Map<string, string>();
  const [, bare = text, inner] = /^([^[\]]*)\[(.*)\]\s*$/s.exec(text) ?? [];
  if (/[[\]]/.test(bare)) throw new Error("its brackets do not match");
  if (inner === undefined) return { bare, brackets };
  const form = /([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|\[([^\]]*)\]|([^\s,'"]*))(?:[,\s]+|$)/y;
  for (const source = inner.trim(); form.lastIndex < source.length; ) {
    const [, key, ...values] = form.exec(source) ?? [];
    const value = values.find((one) => one !== undefined);
    if (key === undefined || !value) {
      throw new Error(`"[${inner}]" is not a list of key=value, as in [version='>=1.2',build=py311*]`);
    }
    if (!fields.includes(key)) throw new Error(`"${key}" in brackets is none of ${fields.join(", ")}`);
    brackets.set(key, value.trim());
  }
  return { bare, brackets };
}

/**
 * Takes version and build apart: `1.20 py39_0`, `= 1.20 = py39_0`, `>=1.0 , < 2.0 py34_0`. The expression is conda's
 * own.
 */
function splitBuild(text: string): { version: string; build?: string } {
  if (text === "") return { version: "" };
  const [, version = text, build] = /^((?:.+?)[^><!,|]?)(?:(?<![=!|,<>~])[ =]([^-=,|<>~]+?))?$/s.exec(text) ?? [];
  // conda joins what is not around an operator, and gets 1.20pandas.
  if (/[\w.*]\s+[\w*]/.test(version.trim())) {
    throw new Error(`"${text}" is more than a version and a build: list each package by itself`);
  }
  if (/\d\s+[<>=!~]/.test(version.trim())) {
    throw new Error(`write a comma between two comparisons ("${text}")`);
  }
  return { version: version.replaceAll(/\s/g, ""), ...(build !== undefined && { build: build.trim() }) };
}

/** `=1.2` is a series, and with a build an exact version; `==1.2.*` is a series. Source: conda's `_sanitize_version_str`. */
function meant(version: string, build: string | undefined): string {
  const bare = version.replace(/^=+/, "");
  if (bare === "") throw new Error(`"${version}" compares with no version`);
  if (/^=[<>]/.test(version)) throw new Error(`write "${version.charAt(1)}=" for "${version.slice(0, 2)}"`);
  if (bare === version) return version;
  if (version.startsWith("==") && build === undefined) return bare;
  if (/[=,|]/.test(bare)) return version;
  return build === undefined && !bare.endsWith("*") ? `${bare}.*` : bare;
}

function nameIn(specification: string): string {
  return /^[^\s[=<>!~]*/.exec(specification)?.[0] ?? "";
}

/** Source: conda's `_CEP26_NAME_RE` and `_CEP26_VIRTUAL_NAME_RE`, in its conda/models/match_spec.py. */
function checkedName(text: string): string {
  const name = text.toLowerCase();
  if (name === "") throw new Error("it names no package");
  if (/^-[a-z]?$|^--/.test(name)) throw new Error("an option of pip belongs in the pip section");
  if (/^(?:[a-z\d]|[a-z\d_](?!_)|__[a-z\d])[._-]?(?:[a-z\d]+(?:[._-]|$))*$/.test(name)) return name;
  throw new Error(`"${text}" is not the name of a package, which has letters, digits, ".", "_" and "-"`);
}

/** Builds are compared with `*` as a wildcard. Source: CEP 26, "build string"; conda also takes a regular expression. */
function checkedBuild(build: string): string {
  if (/^[\w.+*]+$/.test(build) || /^\^.*\$$/.test(build)) return build;
  throw new Error(
    `conda takes "${build}" for a build, which has letters, digits, "_", "." and "+": list each package by itself`,
  );
}

/** A channel without the folder for a platform that conda takes behind it: `conda-forge/linux-64`. */
function channelIn(text: string | undefined): string | undefined {
  const channel = text?.replace(/\/(?:noarch|(?:linux|osx|win|emscripten|wasi|freebsd|zos)-[\w]+)\/?$/, "");
  return channel === "*" ? undefined : channel;
}

function isArchive(text: string): boolean {
  return /\.(?:conda|tar\.bz2)\s*$/.test(text) && /[/\\]/.test(text);
}

/** A package by its URL: name, version, build and channel are in it, if it is one of a channel. Source: conda's `_parse_legacy_dist`. */
function parseArchive(text: string): MatchSpec {
  const form = /^(https?:\/\/\S+)\/(?:noarch|[a-z]+-\w+)\/([^/\s]+)-([^-/\s]+)-([^-/\s]+)\.(?:conda|tar\.bz2)$/;
  const [, channel, name = "", version, build] = form.exec(text) ?? [];
  if (channel === undefined || version === undefined || build === undefined) {
    throw new Error(
      "its name and version are not known, because it is in no channel: name the package, and list its channel",
    );
  }
  return { name: checkedName(name), channel, build, constraint: parseVersionSpec(version) };
}
