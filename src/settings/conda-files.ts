import { setImmediate } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import { UserError } from "../common/errors";
import { asArgument, type NameOf } from "../common/name-of";
import { repositoryOf } from "../common/repository";
import { azureMlSdkVersion } from "../conda/azureml-sdk";
import type { Finding } from "../conda/finding";
import { lockFolderOf, platformsOf } from "../rules/environment-definition";
import { tagRule } from "../rules/names";
import { type ReadFile, readFileOf } from "./read-file";
import type { Settings } from "./stack-settings";

/** What the conda files say of the image. */
export interface CondaFacts {
  /** Version of the Azure ML SDK, if there is one and only one that it can have. */
  amlSdkVersion?: string;
}

/** The settings that say which files there are, and what happens when they do not match. */
export type CondaSettings = Pick<
  Settings,
  "definition" | "trainingFiles" | "scoringFiles" | "environmentPolicy" | "amlSdkVersion"
>;

/**
 * Compares the conda files, as `npx job-container check conda` does, and treats what it finds by the setting
 * `environmentPolicy`: `error` ends the program, `warn` says it, and with `off` they are not compared.
 *
 * @throws UserError if the policy is `error` and something has to change, or if the Azure ML SDK's version makes no tag
 */
export async function readCondaFiles(
  settings: CondaSettings,
  readFile: ReadFile = readFileOf(repositoryOf()),
  nameOf: NameOf = asArgument,
): Promise<CondaFacts> {
  const { environmentPolicy } = settings;
  const { condaFile, condaChannel } = settings.definition;
  const off = environmentPolicy === "off";
  // Loaded and done while others wait for what they have asked.
  await setImmediate();
  const { checkCondaFiles }: typeof import("../conda/check") = require("../conda/check");
  const { files, ciLocks, findings } = checkCondaFiles({
    ci: condaFile,
    training: off ? [] : settings.trainingFiles,
    scoring: off ? [] : settings.scoringFiles,
    lockFolder: (file) => lockFolderOf({ condaFile: file, lockFolder: settings.definition.lockFolder }),
    condaChannel,
    platforms: platformsOf(settings.definition),
    readFile,
  });
  if (off) pulumi.log.info("environmentPolicy is off: the conda files are not compared");
  else if (findings.length > 0) report(findings, environmentPolicy, nameOf("environmentPolicy"));

  const amlSdkVersion = settings.amlSdkVersion ?? (files.ci && azureMlSdkVersion(files.ci, ciLocks));
  if (amlSdkVersion !== undefined && !tagRule.pattern.test(`amlsdk-${amlSdkVersion}`)) {
    throw new UserError(
      `${condaFile} pins version "${amlSdkVersion}" of the Azure ML SDK for a tag, and a tag is ${tagRule.text}: ` +
        "set amlSdkVersion to what the tag should say",
    );
  }
  return { amlSdkVersion };
}

function report(findings: Finding[], policy: "error" | "warn", where: string): void {
  const message = [
    `the conda files do not match (${findings.length === 1 ? "1 finding" : `${findings.length} findings`}):`,
    ...findings.map(({ file, line, rule, message }) => `  ${file}:${line} ${rule}: ${message}`),
    "See them with `npx job-container check conda`, and fix what has one obvious answer with `npx job-container check conda --fix`. " +
      `The ${where} is ${policy}; it may be error, warn or off.`,
  ].join("\n");
  if (policy === "error") throw new UserError(message);
  pulumi.log.warn(message);
}
