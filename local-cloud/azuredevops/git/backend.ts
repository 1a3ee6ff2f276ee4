import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { PassThrough, type Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { git, startGit, succeeded } from "../../git/run";
import { type BareRepository, movedVariable, type RefUpdate } from "./bare-repository";

/** A request for `git http-backend`. */
export interface BackendRequest {
  method: string;
  /** From the repository, with a slash before it. */
  path: string;
  query: string;
  contentType: string | undefined;
  /** The header Git-Protocol. */
  protocol: string | undefined;
  /** Whom Git is to name in its messages and logs. */
  user: string;
  body: Readable | undefined;
  /** Ends it before its time. */
  signal: AbortSignal;
}

/** What it answers. */
export interface BackendAnswer {
  status: number;
  headers: Record<string, string>;
  /** Ends when `finished` is over. */
  body: Readable;
}

const settings = {
  "http.receivepack": "true",
  "receive.autogc": "false",
  // A depth of 1, a commit by its id, and clones without their files, as Azure Repos lets them be fetched.
  "uploadpack.allowAnySHA1InWant": "true",
  "uploadpack.allowFilter": "true",
  "transfer.hideRefs": "refs/local-cloud",
};

/**
 * Lets `git http-backend` answer a request (https://git-scm.com/docs/git-http-backend, a CGI program).
 *
 * @param finished is told which refs have moved, before the answer ends, and what Git said if it failed
 */
export async function askBackend(
  { directory, hooks }: BareRepository,
  request: BackendRequest,
  finished: (moves: RefUpdate[], failure: unknown) => void,
): Promise<BackendAnswer> {
  const moved = join(directory, `moved-${randomUUID()}`);
  const child = startGit(backendProgram(), [], {
    config: { ...settings, "core.hooksPath": hooks },
    env: {
      GIT_PROJECT_ROOT: directory,
      GIT_HTTP_EXPORT_ALL: "1",
      PATH_INFO: request.path,
      REQUEST_METHOD: request.method,
      QUERY_STRING: request.query,
      REMOTE_USER: request.user,
      REMOTE_ADDR: "127.0.0.1",
      [movedVariable]: moved,
      ...(request.contentType !== undefined && { CONTENT_TYPE: request.contentType }),
      ...(request.protocol !== undefined && { GIT_PROTOCOL: request.protocol }),
    },
    signal: request.signal,
  });
  const ended = succeeded(child, ["http-backend"]).then(
    () => undefined,
    (error) => error,
  );
  if (request.body === undefined) child.stdin.end();
  else pipeline(request.body, child.stdin).catch(() => child.kill()); // the client is gone, or Git has read enough
  const body = new PassThrough().on("error", () => {}); // the server says it, if there is an answer yet
  ended
    .then((failure) => finished(existsSync(moved) ? movesIn(readFileSync(moved, "utf8")) : [], failure))
    .finally(() => rmSync(moved, { force: true }))
    .then(
      () => body.end(),
      (error) => body.destroy(error),
    );
  const head = await readHead(child.stdout);
  child.stdout.pipe(body, { end: false });
  return { ...head, body };
}

/** Git runs it from its own folder; there it is no child of another git, and ends when it is told to. */
function backendProgram(): string {
  return join(git(["--exec-path"]).output.toString().trim(), "git-http-backend");
}

/** What a `post-receive` hook is told: https://git-scm.com/docs/githooks#post-receive */
function movesIn(text: string): RefUpdate[] {
  return text
    .split("\n")
    .filter(Boolean)
    .map((line) => {
      const [oldObjectId = "", newObjectId = "", ...name] = line.split(" ");
      return { oldObjectId, newObjectId, name: name.join(" ") };
    });
}

/** Reads the headers of a CGI program's answer, and leaves the rest in the stream. */
async function readHead(output: Readable): Promise<Pick<BackendAnswer, "status" | "headers">> {
  let read = Buffer.alloc(0);
  for (;;) {
    const chunk: Buffer | null = output.read();
    if (chunk !== null) {
      read = Buffer.concat([read, chunk]);
      const end = read.indexOf("\r\n\r\n");
      if (end < 0) continue;
      output.unshift(read.subarray(end + 4));
      return parseHead(read.toString("latin1", 0, end));
    }
    if (output.readableEnded || output.destroyed) throw new Error("git http-backend ended without an answer.");
    await Promise.race([once(output, "readable"), once(output, "end"), once(output, "close")]);
  }
}

function parseHead(text: string): Pick<BackendAnswer, "status" | "headers"> {
  const headers = Object.fromEntries(
    text.split("\r\n").map((line) => [line.split(":", 1)[0]?.toLowerCase() ?? "", line.replace(/^[^:]*:\s*/, "")]),
  );
  const { status = "200", ...others } = headers;
  return { status: Number.parseInt(status, 10), headers: others };
}
