/** The `runtime.options` of a project's `Pulumi.yaml`, as far as they change how a program is run. */
export interface RuntimeOptions {
  /** Lets the SDK compile TypeScript with ts-node; on unless it is turned off. */
  typescript: boolean;
  /** The path of a `tsconfig.json` other than the program's own. */
  tsconfig: string | undefined;
  /** Arguments for Node itself, before the program. */
  nodeArguments: string[];
}

/** Reads the options. @throws Error that names the option whose value has the wrong type. */
export function readOptions(options: Record<string, unknown>): RuntimeOptions {
  const { typescript = true, tsconfig, nodeargs = "" } = options;
  if (typeof typescript !== "boolean") throw wrongType("typescript", "true or false", typescript);
  if (tsconfig !== undefined && typeof tsconfig !== "string") throw wrongType("tsconfig", "a path", tsconfig);
  if (typeof nodeargs !== "string") throw wrongType("nodeargs", "a text", nodeargs);
  return { typescript, tsconfig, nodeArguments: splitShellWords(nodeargs) };
}

/** Splits a command line into its words as a shell does, without expanding anything. */
export function splitShellWords(text: string): string[] {
  const words = text.match(/(?:"(?:\\.|[^"\\])*"|'[^']*'|\\.|[^\s"'\\])+/g) ?? [];
  return words.map((word) =>
    word.replace(/"((?:\\.|[^"\\])*)"|'([^']*)'|\\(.)/g, (_, double?: string, single?: string, escaped?: string) =>
      double !== undefined ? double.replace(/\\(["\\])/g, "$1") : (single ?? escaped ?? ""),
    ),
  );
}

/**
 * The program's configuration as the SDK reads it from the environment: a JSON object, with each key `name:key`
 * written as `name:config:key`.
 */
export function formatConfig(config: Iterable<[string, string]>): string {
  const entries = [...config].map(([key, value]) => [key.replace(/^([^:]+):(?:config:)?/, "$1:config:"), value]);
  return JSON.stringify(Object.fromEntries(entries));
}

function wrongType(option: string, wanted: string, value: unknown): Error {
  return new Error(`runtime.options.${option} in Pulumi.yaml must be ${wanted}, and it is ${JSON.stringify(value)}`);
}
