import { once } from "node:events";
import type { Readable } from "node:stream";
import { invalidArgument } from "../common/errors";
import type { RefUpdate } from "./bare-repository";

/** What a push asks for: https://git-scm.com/docs/pack-protocol#_reference_update_request_and_packfile_transfer */
export interface PushRequest {
  updates: RefUpdate[];
  /** What the client can do. */
  capabilities: string[];
}

/** More than the names of 50,000 refs take. */
const longestRequest = 16 * 1024 * 1024;

/**
 * Reads what a push asks for, and leaves all of it in the stream, with what follows.
 *
 * @throws ServiceError if it is no push
 */
export async function readPushRequest(body: Readable): Promise<PushRequest> {
  let read = Buffer.alloc(0);
  for (;;) {
    const chunk: Buffer | null = body.read();
    if (chunk !== null) {
      read = Buffer.concat([read, chunk]);
      const request = parsed(read);
      if (request === undefined && read.length <= longestRequest) continue;
      if (request === undefined) break;
      body.unshift(read);
      return request;
    }
    if (body.readableEnded || body.destroyed) break;
    await Promise.race([once(body, "readable"), once(body, "end")]);
  }
  throw invalidArgument("The body is no request of git push.");
}

/** The request at the beginning of some bytes; undefined if more of it has to come. */
function parsed(bytes: Buffer): PushRequest | undefined {
  const updates: RefUpdate[] = [];
  let capabilities: string[] = [];
  for (let at = 0; at + 4 <= bytes.length; ) {
    const length = Number.parseInt(bytes.toString("latin1", at, at + 4), 16);
    if (length === 0) return { updates, capabilities };
    if (!(length > 4)) throw invalidArgument("The body is no request of git push.");
    if (at + length > bytes.length) return undefined;
    const [command = "", offered] = bytes.toString("utf8", at + 4, at + length).split("\0");
    if (offered !== undefined) capabilities = offered.trim().split(" ");
    const [, oldObjectId, newObjectId, name] = /^([0-9a-f]{40}) ([0-9a-f]{40}) (.+?)\n?$/.exec(command) ?? [];
    if (oldObjectId && newObjectId && name) updates.push({ name, oldObjectId, newObjectId });
    at += length;
  }
  return undefined;
}

/**
 * The answer to a push of which nothing was done (https://git-scm.com/docs/pack-protocol#_report_status).
 *
 * @param reasons by the names of the refs
 */
export function refusedPush({ updates, capabilities }: PushRequest, reasons: ReadonlyMap<string, string>): Buffer {
  const others = "another ref of this push was refused";
  const lines = updates.map(({ name }) => packet(`ng ${name} ${reasons.get(name) ?? others}\n`));
  const report = Buffer.concat([packet("unpack ok\n"), ...lines, flush]);
  if (!capabilities.includes("side-band-64k")) return report;
  const bands: Buffer[] = [];
  for (let at = 0; at < report.length; at += largestBand) {
    bands.push(packet(Buffer.concat([Buffer.from([1]), report.subarray(at, at + largestBand)])));
  }
  return Buffer.concat([...bands, flush]);
}

const flush = Buffer.from("0000");

/** Bytes of a report in one packet of side-band-64k. */
const largestBand = 65_515;

function packet(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([Buffer.from((bytes.length + 4).toString(16).padStart(4, "0")), bytes]);
}
