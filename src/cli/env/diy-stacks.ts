import { extname, join } from "node:path";
import { gunzipSync, zstdDecompressSync } from "node:zlib";
import type { Deployment } from "@pulumi/pulumi/automation";
import * as z from "zod";
import { splitStackName } from "../../rules/stack-names";
import { type BackendFiles, filesInFolder } from "./backend-files";
import type { StackReader } from "./cli-stacks";

/**
 * Reads the files of a backend that Pulumi keeps by itself, on this machine (`pulumi login file://…`) or in Azure Blob
 * Storage (`azblob://…`), which takes no process for each stack. Their places and forms are those of `pkg/backend/diy` and
 * `sdk/go/common/apitype` in github.com/pulumi/pulumi, version 1 of the store. What has another form is left to another
 * reader.
 */
export class DiyStacks implements StackReader {
  private constructor(
    private readonly files: BackendFiles,
    private readonly project: string,
    private readonly otherwise: StackReader,
  ) {}

  /**
   * @param url the backend's, as `pulumi whoami` has it
   * @param project the Pulumi project's name
   * @param otherwise reads what is elsewhere, has another form, or is not to be read here
   */
  static async at(url: string, project: string, otherwise: StackReader): Promise<StackReader> {
    const files = filesInFolder(url) ?? filesElsewhere(url);
    // Pulumi may sign in in ways that are not known here.
    const meta = await files?.read(".pulumi/meta.yaml").catch(() => undefined);
    const isKnown = /^version: 1$/m.test(meta?.toString() ?? "");
    return files && isKnown ? new DiyStacks(files, project, otherwise) : otherwise;
  }

  async tags(stack: string) {
    const content = await this.files.read(`${this.base("stacks", stack)}.pulumi-tags`);
    if (content === undefined) return {};
    return tagsFile.safeParse(parseJson(content)).data?.tags ?? this.otherwise.tags(stack);
  }

  /** A stack's state is compressed or not, as PULUMI_DIY_BACKEND_GZIP and PULUMI_DIY_BACKEND_ZSTD said when it was written. */
  async state(stack: string): Promise<Deployment> {
    const path = `${this.base("stacks", stack)}.json`;
    const there = await this.files.beginning(path);
    const { data } = stateFile.safeParse(
      await this.json([`${path}.gz`, `${path}.zst`].find((each) => there.includes(each)) ?? path),
    );
    if (data === undefined) return this.otherwise.state(stack);
    const { checkpoint, ...form } = data;
    return { ...form, deployment: checkpoint.latest };
  }

  async lastResult(stack: string) {
    // Their names have the time in nanoseconds.
    const paths = await this.files.beginning(`${this.base("history", stack)}/`);
    const last = paths
      .filter((path) => historyName.test(path))
      .sort()
      .at(-1);
    return last === undefined ? undefined : historyFile.parse(await this.json(last)).result;
  }

  private async json(path: string): Promise<unknown> {
    const content = await this.files.read(path);
    if (content === undefined) return undefined;
    const decompress = { ".gz": gunzipSync, ".zst": zstdDecompressSync }[extname(path)];
    return parseJson(decompress?.(content) ?? content);
  }

  private base(folder: "stacks" | "history", stack: string): string {
    return `.pulumi/${folder}/${this.project}/${splitStackName(stack).stack}`;
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

function parseJson(content: Buffer): unknown {
  return JSON.parse(content.toString());
}

/** Loaded where it is needed, and in a bundle of its own: it is a third as large as all the rest of the command. */
function filesElsewhere(url: string): BackendFiles | undefined {
  if (!url.startsWith("azblob://")) return undefined;
  const { filesInAzureBlobs }: typeof import("./azure-blob-files") = require(join(__dirname, "azure-blob-files"));
  return filesInAzureBlobs(url, process.env);
}
