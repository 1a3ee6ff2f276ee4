import { DockerfileParser } from "dockerfile-ast";

/** What a Dockerfile starts from. */
export interface DockerfileBases {
  /** Default of the build argument BASE_IMAGE, through which the local cloud's image gets in; undefined without it. */
  argument: string | undefined;
  /** Images that are written into it, or come from other arguments. */
  others: string[];
}

const baseArgument = "BASE_IMAGE";

/** Finds the images that the stages of a Dockerfile start from. */
export function basesOf(text: string): DockerfileBases {
  const dockerfile = DockerfileParser.parse(text);
  const values = new Map(
    dockerfile
      .getInitialARGs()
      .flatMap((argument) => argument.getProperties().map((one) => [one.getName(), one.getValue() ?? ""] as const)),
  );
  const stages = new Set(["scratch"]);
  const others = new Set<string>();
  let argument: string | undefined;
  for (const from of dockerfile.getFROMs()) {
    const image = from.getImage() ?? "";
    const [, name = ""] = /^\$\{?(\w+)[^}]*\}?$/.exec(image) ?? [];
    if (name === baseArgument && values.has(name)) argument = values.get(name);
    else {
      const meant = image.replace(/\$\{?(\w+)[^}]*\}?/g, (written, each: string) => values.get(each) || written);
      if (!stages.has(meant.toLowerCase())) others.add(meant);
    }
    stages.add((from.getBuildStage() ?? "").toLowerCase());
  }
  return { argument, others: [...others] };
}
