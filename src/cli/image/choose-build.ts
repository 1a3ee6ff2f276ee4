import { join } from "node:path";
import { messageOf } from "../../common/errors";
import { readText } from "../../common/files";
import { printable } from "../../common/printable";
import { pathFromRoot, type Repository } from "../../common/repository";
import { readDockerfile } from "../../image/dockerfile";
import { buildArguments, contextOf, lockFolderOf } from "../../rules/environment-definition";
import { tagRule } from "../../rules/names";
import { filteredDockerfile } from "../../settings/build-context";
import { definitionOf } from "./definition";

/** What a step prints: commands of the agent (https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands) and text. */
export interface StepOutput {
  lines: string[];
  failed: boolean;
}

/** Variables of the definition that come into command lines, in double quotes, as a script has them. */
const quoted = [
  "BASEIMAGE",
  "BASEREPOSITORY",
  "BUILDCONTEXT",
  "CONDACHANNEL",
  "CONDAFILE",
  "DOCKERFILE",
  "IMAGEREPOSITORY",
  "LOCKFOLDER",
  "LOGINSERVER",
] as const;

/** What ends double quotes or is read within, and what the agent reads as a control character or a bracket. */
const active = /["$`\\]|\p{Cc}|%(?:0A|0D|3B|5D|AZP25)/iu;

/** A reason for which nothing is set. */
class Refusal extends Error {}

/**
 * What the run's build is told, by the variables of its definition and those that somebody typed who queued it: the tags,
 * the one among them that is the run's own, the options of `docker build`, the context, and the Dockerfile.
 *
 * @param folder for a copy of the Dockerfile, if there is to be one (see `filteredDockerfile`)
 */
export function chooseBuild(variables: NodeJS.ProcessEnv, repository: Repository, folder: string): StepOutput {
  try {
    const [tags, lines] = tagsOf(variables);
    const { options, context, dockerfile } = buildOf(variables, repository, folder);
    return {
      lines: [
        ...lines,
        setVariable("buildTag", tags[0]),
        setVariable("tags", tags.join("%0A")),
        setVariable("options", options.join(" ")),
        setVariable("context", context),
        setVariable("preparedDockerfile", dockerfile),
      ],
      failed: false,
    };
  } catch (error) {
    const message = printable(messageOf(error)).replaceAll("\n", "%0A");
    return { lines: [`##vso[task.logissue type=error]${message}`], failed: true };
  }
}

function tagsOf({
  BUILD_BUILDNUMBER,
  AMLSDKVERSION,
  GITHUBRELEASE,
}: NodeJS.ProcessEnv): [[string, ...string[]], string[]] {
  const tags: [string, ...string[]] = [tagOf("Build.BuildNumber", `build-${BUILD_BUILDNUMBER ?? ""}`), "latest"];
  const lines: string[] = [];
  if (AMLSDKVERSION) tags.push(tagOf("amlsdkversion", `amlsdk-${AMLSDKVERSION}`));
  else lines.push("amlsdkversion is not set: no tag amlsdk-…");
  if (GITHUBRELEASE) tags.push(tagOf("githubrelease", `release-${GITHUBRELEASE}`));
  else lines.push("githubrelease is not set: no tag release-…, no label version");
  return [tags, lines];
}

function tagOf(variable: string, tag: string): string {
  if (tagRule.pattern.test(tag)) return tag;
  throw new Refusal(
    `the variable ${variable} makes the tag ${tag.replaceAll(/[^\w.-]/g, "?").slice(0, 80)}, and a tag is 1 to 128 letters, ` +
      'digits, "_", "." and "-", no "." or "-" first. Queue the run with another value, or with none.',
  );
}

function buildOf(variables: NodeJS.ProcessEnv, repository: Repository, folder: string) {
  for (const name of quoted) {
    if (!active.test(variables[name] ?? "")) continue;
    throw new Refusal(
      `the variable ${name} has a quote, a $, a \` or a \\ in it, or a control character: correct the setting that it is ` +
        "from, and run pulumi up.",
    );
  }
  const { GITHUBRELEASE } = variables;
  const definition = definitionOf(variables);
  const { dockerfile: path, platforms = [] } = definition;
  const isInside = !pathFromRoot({ root: repository.root, folder: repository.root }, path).startsWith("..");
  const text = isInside ? readText(join(repository.root, path)) : undefined;
  if (text === undefined) {
    throw new Refusal(
      `there is no Dockerfile ${path}, which the setting dockerfile names, in this branch of the repository: correct the setting and run ` +
        "pulumi up, or add the file.",
    );
  }
  const given = Object.entries(buildArguments(definition, readDockerfile(text).arguments));
  const locks = lockFolderOf(definition);
  const { LOGINSERVER, BASEREPOSITORY } = variables;
  // Those of the build's own repository are in the YAML file.
  const caches = BASEREPOSITORY ? ["cache", "latest"] : [];
  const options = [
    ...(variables.PLATFORMS ? [`--platform ${platforms.join()}`] : []),
    ...given.map(([name, value]) => `--build-arg "${name}=${value}"`),
    ...(GITHUBRELEASE ? [`--label "org.opencontainers.image.version=${GITHUBRELEASE}"`] : []),
    ...(locks === undefined ? [] : [`--build-context "lock=${locks}"`]),
    ...caches.map((tag) => `--cache-from "type=registry,ref=${LOGINSERVER}/${BASEREPOSITORY}:${tag}"`),
  ];
  return {
    options,
    context: contextOf(definition),
    dockerfile: filteredDockerfile(repository, definition, folder) ?? path,
  };
}

function setVariable(name: string, value: string): string {
  return `##vso[task.setvariable variable=${name}]${value}`;
}
