import { existsSync, readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync, zstdDecompressSync } from "node:zlib";
import type { Deployment } from "@pulumi/pulumi/automation";
import { z } from "zod";
import { readText } from "../../common/files";
import { splitStackName } from "../../rules/stack-names";
import type { StackReader } from "./cli-stacks";

/**
 * Reads the files of a backend on this machine (`pulumi login file://…`), which takes no process. Their places and forms
 * are those of `pkg/backend/diy` and `sdk/go/common/apitype` in github.com/pulumi/pulumi, version 1 of the store. What has
 * another form is left to another reader.
 */
export class FileStacks implements StackReader {
  private constructor(
    private readonly folder: string,
    private readonly project: string,
    private readonly otherwise: StackReader,
  ) {}

  /**
   * @param url the backend's, as `pulumi whoami` has it
   * @param project the Pulumi project's name
   * @param otherwise reads what is elsewhere, or has another form
   */
  static at(url: string, project: string, otherwise: StackReader): StackReader {
    const path = pathOf(url);
    if (path === undefined) return otherwise;
    const folder = join(path, ".pulumi");
    const isKnown = /^version: 1$/m.test(readText(join(folder, "meta.yaml")) ?? "");
    return isKnown ? new FileStacks(folder, project, otherwise) : otherwise;
  }

  async tags(stack: string) {
    const text = readText(`${this.base("stacks", stack)}.pulumi-tags`);
    if (text === undefined) return {};
    return tagsFile.safeParse(JSON.parse(text)).data?.tags ?? this.otherwise.tags(stack);
  }

  async state(stack: string): Promise<Deployment> {
    const { data } = stateFile.safeParse(readState(`${this.base("stacks", stack)}.json`));
    if (data === undefined) return this.otherwise.state(stack);
    const { checkpoint, ...form } = data;
    return { ...form, deployment: checkpoint.latest };
  }

  async lastResult(stack: string) {
    const folder = this.base("history", stack);
    // Their names have the time in nanoseconds.
    const names = (existsSync(folder) ? readdirSync(folder) : []).filter((name) => historyName.test(name));
    const last = names.sort().at(-1);
    return last === undefined ? undefined : historyFile.parse(readJson(join(folder, last))).result;
  }

  private base(folder: "stacks" | "history", stack: string): string {
    return join(this.folder, folder, this.project, splitStackName(stack).stack);
  }
}

const historyName = /\.history\.json(\.gz|\.zst)?$/;

const tagsFile = z.object({ version: z.literal(1), tags: z.record(z.string(), z.string()) });
const historyFile = z.object({ result: z.string() });
const stateFile = z.object({
  version: z.union([z.literal(3), z.literal(4)]),
  features: z.array(z.string()).optional(),
  checkpoint: z.object({ latest: z.looseObject({}).nullish() }),
});

/** A stack's state is compressed or not, as PULUMI_DIY_BACKEND_GZIP and PULUMI_DIY_BACKEND_ZSTD said when it was written. */
function readState(path: string): unknown {
  return readJson([`${path}.gz`, `${path}.zst`].find(existsSync) ?? path);
}

function readJson(path: string): unknown {
  const content = readFileSync(path);
  const decompress = { ".gz": gunzipSync, ".zst": zstdDecompressSync }[extname(path)];
  return JSON.parse((decompress?.(content) ?? content).toString());
}

function pathOf(url: string): string | undefined {
  if (url.startsWith("file://~")) return join(homedir(), url.slice("file://~".length).replace(/\?.*$/, ""));
  return url.startsWith("file:///") ? fileURLToPath(url.replace(/\?.*$/, "")) : undefined;
}
