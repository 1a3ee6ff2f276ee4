/**
 * Splits a command line as the tasks' library does: at spaces, double quotes hold together, and `\"` between them is a
 * quote.
 */
export function splitArguments(line: string): string[] {
  const args: string[] = [];
  let current = "";
  let quoted = false;
  let escaped = false;
  for (const character of line.replaceAll("\n", " ")) {
    if (escaped && character !== '"') current += "\\";
    if (character === '"' && !escaped) quoted = !quoted;
    else if (character === " " && !quoted) {
      if (current !== "") args.push(current);
      current = "";
    } else if (character !== "\\" || !quoted || escaped) current += character;
    escaped = character === "\\" && quoted && !escaped;
  }
  if (current !== "") args.push(current);
  return args;
}

/** Where an option of `docker build` comes from outside of the build: its paths and variables. */
export interface BuildSurroundings {
  environment: Readonly<Record<string, string>>;
  /** Where on this machine a path of the job's is. @throws Error if it is not in the work folder */
  hostPath: (path: string) => string;
}

/** What an option of `docker build` becomes for `buildctl build`. */
type Option = (value: string, surroundings: BuildSurroundings) => string[];

const opt = (text: string) => ["--opt", text];

const options: Record<string, Option> = {
  "build-arg": (value, { environment }) => {
    if (value.includes("=")) return opt(`build-arg:${value}`);
    const found = environment[value];
    return found === undefined ? [] : opt(`build-arg:${value}=${found}`);
  },
  label: (value) => opt(`label:${value.includes("=") ? value : `${value}=`}`),
  target: (value) => opt(`target=${value}`),
  platform: (value) => {
    if (!value.includes(",")) return opt(`platform=${value}`);
    // buildx, of Docker without the containerd image store, which Microsoft's agents have:
    // https://github.com/actions/runner-images/issues/14105
    throw new Error(
      "Multi-platform build is not supported for the docker driver.\nSwitch to a different driver, or turn on the " +
        "containerd image store, and try again.\nLearn more at https://docs.docker.com/go/build-multi-platform/",
    );
  },
  "build-context": (value, { hostPath }) => {
    const [, name, source] = /^([^=]+)=(.+)$/.exec(value) ?? [];
    if (name === undefined || source === undefined) throw new Error(`invalid value for --build-context: ${value}`);
    if (/^(docker-image|https?|git):\/\//.test(source)) return opt(`context:${name}=${source}`);
    return [...opt(`context:${name}=local:${name}`), "--local", `${name}=${hostPath(source)}`];
  },
  "cache-from": (value) => ["--import-cache", cacheOf(value, "registry")],
  // What Docker's own builder, which Microsoft's agents use, can export: https://docs.docker.com/build/cache/backends/
  "cache-to": (value) => ["--export-cache", cacheOf(value, "inline")],
};

const flags: Record<string, string[]> = {
  "no-cache": ["--no-cache"],
  pull: opt("image-resolve-mode=pull"),
};

/**
 * What `docker build` is told, for `buildctl build`.
 *
 * @throws Error with the option that is not known here
 */
export function buildctlArguments(args: string[], surroundings: BuildSurroundings): string[] {
  const result: string[] = [];
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    const [, name = "", attached] = /^--([^=]+)(?:=(.*))?$/s.exec(arg) ?? [];
    const flag = flags[name];
    if (flag !== undefined && attached === undefined) {
      result.push(...flag);
      continue;
    }
    const option = options[name];
    if (option === undefined) {
      const known = [...Object.keys(options), ...Object.keys(flags)].map((each) => `--${each}`);
      throw new Error(`The local cloud's Docker@2 does not know the argument ${arg}. It knows ${known.join(", ")}.`);
    }
    const value = attached ?? rest.shift();
    if (value === undefined) throw new Error(`flag needs an argument: --${name}`);
    result.push(...option(value, surroundings));
  }
  return result;
}

/** A cache beside BuildKit's own: in a registry, or in the image itself. */
function cacheOf(value: string, known: "registry" | "inline"): string {
  const text = value.includes("=") ? value : `type=registry,ref=${value}`;
  const type = /(?:^|,)type=([^,]*)/.exec(text)?.[1] ?? "";
  if (type === known) return text;
  const option = known === "registry" ? "--cache-from" : "--cache-to";
  throw new Error(`The local cloud's Docker@2 knows ${option} with type=${known} only, and this is ${value}.`);
}
