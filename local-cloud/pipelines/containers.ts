import type { Context } from "./context";
import { Fields } from "./fields";
import type { PlanContainer } from "./plan";
import type { Part } from "./template";

/** Keys of a container that ask the agent for more than to pull an image and run steps in it. */
const unknownToTheAgent = ["options", "ports", "volumes", "mapDockerSocket", "mountReadOnly", "localImage", "trigger"];

/** Reads `resources:`, of which the local Azure Pipelines has containers. */
export function readResources(context: Context, part: Part | undefined): void {
  if (part === undefined) return;
  const fields = Fields.of(context, part);
  fields.notEmulated("repositories", "pipelines", "builds", "packages", "webhooks");
  const containers = fields.part("containers");
  fields.end();
  if (containers === undefined) return;
  for (const item of context.template.list(containers)) {
    const resource = Fields.of(context, item);
    const place = resource.placeOf("container");
    const name = resource.text("container");
    const container = readContainerFields(context, resource);
    if (name === undefined) {
      context.problems.report(resource.place, "A container resource has a name: add `container:`");
    } else if (context.containers.has(name.toLowerCase())) {
      context.problems.report(place, `The container resource '${name}' is defined more than once`);
    } else if (container !== undefined) context.containers.set(name.toLowerCase(), container);
  }
}

/** What a job runs in (`container:`): a resource's name, an image, or a mapping. undefined for nothing. */
export function readContainer(context: Context, part: Part | undefined): PlanContainer | undefined {
  const resolved = part && context.template.resolve(part);
  if (resolved === undefined) return undefined;
  const { token } = resolved;
  if (token.kind !== "scalar") return readContainerFields(context, Fields.of(context, resolved));
  if (token.text === "") return undefined;
  if (token.text.startsWith("$[")) {
    context.problems.notEmulated(token.place, `A container that is chosen at run time ('${token.text}')`);
    return undefined;
  }
  const { file, line } = token.place;
  const image = { image: token.text, endpoint: undefined, env: {}, file, line };
  return context.containers.get(token.text.toLowerCase()) ?? image;
}

function readContainerFields(context: Context, fields: Fields): PlanContainer | undefined {
  // It has other keys, of the registry instead of the image.
  if (fields.has("type")) {
    context.problems.notEmulated(fields.placeOf("type"), `A container of the type '${fields.text("type") ?? ""}'`);
    return undefined;
  }
  const { file, line } = fields.place;
  const image = fields.text("image");
  const endpoint = fields.text("endpoint");
  const env = fields.texts("env");
  fields.notEmulated(...unknownToTheAgent);
  fields.end();
  if (image) return { image, endpoint: endpoint || undefined, env, file, line };
  context.problems.report(fields.place, "A container has an image: add `image:`");
  return undefined;
}
