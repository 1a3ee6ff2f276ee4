import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse, stringify } from "yaml";
import * as z from "zod";
import { UserError } from "../../common/errors";
import { environmentsFolder } from "../../common/repository";
import { splitStackName } from "../../rules/stack-names";
import { readProject } from "../project";
import { type StackFile, stackFile } from "../stack-file";
import type { BaseStack } from "./base-stack";

/** What a stack of a branch environment is made for. */
export interface BranchEnvironment {
  name: string;
  /** The Git branch, without `refs/heads/`. */
  branch: string;
  stack: string;
}

/** Settings of one deployment of the base, which its branches do not repeat. */
const notInherited = ["branches", "buildId", "githubRelease"];

/** The packages that a program in another language names, by their names: each is a source, or has one. */
const packagesForm = z.record(z.string(), z.union([z.string(), z.looseObject({ source: z.string() })]));

/**
 * Makes a Pulumi project folder of a stack's own, for the program as it is: it has the stack's settings, so that none
 * are left beside those that people edit, and the stack that is selected in the project folder stays so. It is
 * made anew each time, for a stack has settings of its own nowhere else.
 *
 * @returns the folder's path
 */
export function makeProjectFolder(root: string, stack: string, file: StackFile): string {
  const path = projectFolder(root, stack);
  mkdirSync(path, { recursive: true });
  // None of them is for Git.
  writeFileSync(join(root, environmentsFolder, ".gitignore"), "*\n");
  const { stackConfigDir: _, ...project }: Record<string, unknown> = parse(
    readFileSync(join(root, "Pulumi.yaml"), "utf8"),
  );
  const packages = "packages" in project && { packages: packagesFrom(root, project.packages) };
  const main = resolve(root, readProject(root).main ?? "");
  writeFileSync(join(path, "Pulumi.yaml"), stringify({ ...project, ...packages, main }));
  writeFileSync(join(path, `Pulumi.${splitStackName(stack).stack}.yaml`), stringify(file));
  return path;
}

/** A project's packages as another folder can name them: one in a folder (`./` or `../`) is there from the project's. */
function packagesFrom(root: string, packages: unknown): unknown {
  const { success, data } = packagesForm.safeParse(packages);
  if (!success) return packages; // Pulumi says what is wrong with them
  const from = (source: string) => (/^\.\.?(\/|$)/.test(source) ? resolve(root, source) : source);
  return Object.fromEntries(
    Object.entries(data).map(([name, one]) => [
      name,
      typeof one === "string" ? from(one) : { ...one, source: from(one.source) },
    ]),
  );
}

/** Removes the project folder of a stack that is gone. */
export function removeProjectFolder(root: string, stack: string): void {
  rmSync(projectFolder(root, stack), { recursive: true, force: true });
}

function projectFolder(root: string, stack: string): string {
  return join(root, environmentsFolder, splitStackName(stack).stack);
}

/**
 * The settings of a branch environment's stack: the base's, and the branch. Those of what only a base has are among them,
 * which a program in another language may require before it passes them on; for a branch nothing comes of them.
 *
 * @param changed settings that differ from the base's, by their names
 * @throws UserError if the base has a secret that another stack cannot decrypt
 */
export function branchFile(
  base: BaseStack,
  { name, branch }: Pick<BranchEnvironment, "name" | "branch">,
  changed: Record<string, unknown> = {},
): StackFile {
  const { namespace, file } = base;
  requireSharedSecrets(base);
  const left = new Set(notInherited.map((key) => `${namespace}:${key}`));
  const inherited = Object.entries(file.config).filter(([key]) => !left.has(key));
  const own = { ...changed, branchEnvironment: { name, branch, base: base.name } };
  const config = {
    ...Object.fromEntries(inherited),
    ...Object.fromEntries(Object.entries(own).map(([key, value]) => [`${namespace}:${key}`, value])),
  };
  return stackFile.parse({ ...file, config });
}

/** A key that is in the file (a salt, an encrypted key) decrypts in every stack; Pulumi Cloud's are one stack's each. */
function requireSharedSecrets({ name, file: { config, encryptionsalt, encryptedkey } }: BaseStack): void {
  if (encryptionsalt !== undefined || encryptedkey !== undefined) return;
  const secret = Object.keys(config).find((key) => /"secure":/.test(JSON.stringify(config[key])));
  if (secret === undefined) return;
  throw new UserError(
    `${secret} in Pulumi.${splitStackName(name).stack}.yaml is a secret that only the stack ${name} can decrypt. Set it with an environment ` +
      "variable (AZDO_PERSONAL_ACCESS_TOKEN, ARM_CLIENT_SECRET), or encrypt the stack with a key that its branches share: " +
      `pulumi stack change-secrets-provider <provider> --stack ${name}`,
  );
}
