import { rmSync } from "node:fs";
import { writeInOneStep } from "../../src/common/files";
import type { LocalCloudVariables } from "../../src/common/local-cloud-variables";
import { variablesOf } from "./environment";
import type { Layout } from "./layout";
import type { CloudSettings } from "./settings";

/** Tells commands that are no part of the local cloud that it runs, and how they find it. */
export function writeVariables(
  layout: Layout,
  settings: CloudSettings,
  { pid, startTime }: LocalCloudVariables["supervisor"],
): void {
  const content: LocalCloudVariables = { supervisor: { pid, startTime }, variables: variablesOf(layout, settings) };
  writeInOneStep(layout.variables, `${JSON.stringify(content, null, 2)}\n`, 0o600); // there are secrets in it
}

/** It runs no more. */
export function removeVariables(layout: Layout): void {
  rmSync(layout.variables, { force: true });
}
