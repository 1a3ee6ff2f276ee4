import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { messageOf, UsageError } from "../common/errors";
import { readText } from "../common/files";

const events = z.array(
  z.looseObject({
    introduced: z.string().optional(),
    fixed: z.string().optional(),
    last_affected: z.string().optional(),
    limit: z.string().optional(),
  }),
);

const affected = z.looseObject({
  package: z.looseObject({ ecosystem: z.string(), name: z.string() }).optional(),
  ranges: z.array(z.looseObject({ type: z.string(), events })).default([]),
  versions: z.array(z.string()).default([]),
  severity: z.array(z.looseObject({ score: z.string() })).default([]),
});

/** The part of https://ossf.github.io/osv-schema/ that is looked at. */
const record = z.looseObject({
  id: z.string(),
  summary: z.string().optional(),
  withdrawn: z.string().optional(),
  affected: z.array(affected).default([]),
  severity: z.array(z.looseObject({ score: z.string() })).default([]),
  database_specific: z.looseObject({ severity: z.string().optional() }).optional(),
});

/** What is known against some versions of packages. */
export type Advisory = z.output<typeof record>;
export type Affected = z.output<typeof affected>;

/**
 * Reads advisories in OSV's format: a file with one of them or a list, or a folder of such files (`*.json`), as the archives
 * of https://osv.dev have them. Withdrawn ones are left out.
 *
 * @throws UsageError if there is nothing, or something else
 */
export function readAdvisories(path: string): Advisory[] {
  const files = isFolder(path)
    ? readdirSync(path)
        .filter((name) => name.endsWith(".json"))
        .sort()
        .map((name) => join(path, name))
    : [path];
  const advisories = files.flatMap(readOne);
  if (advisories.length === 0)
    throw new UsageError(`there are no advisories in ${path}: name a file or a folder of OSV's`);
  return advisories.filter(({ withdrawn }) => withdrawn === undefined);
}

function readOne(path: string): Advisory[] {
  const text = readText(path);
  if (text === undefined) throw new UsageError(`${path} does not exist: name a file or a folder of OSV's`);
  try {
    return z.union([z.array(record), record.transform((one) => [one])]).parse(JSON.parse(text));
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error);
    throw new UsageError(`${path} is no advisory in OSV's format (https://ossf.github.io/osv-schema/): ${reason}`);
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
