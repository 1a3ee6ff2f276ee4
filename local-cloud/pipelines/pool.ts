import type { Context } from "./context";
import { Fields } from "./fields";
import type { Part } from "./template";

/**
 * Checks that a pool is what the local cloud has: Microsoft's machines with Ubuntu. Others are reported.
 * https://learn.microsoft.com/azure/devops/pipelines/agents/hosted#software
 */
export function checkPool(context: Context, part: Part | undefined): void {
  if (part === undefined) return;
  const resolved = context.template.resolve(part);
  const { token } = resolved;
  if (token.kind === "scalar") {
    checkName(context, token.text, resolved);
    return;
  }
  const fields = Fields.of(context, resolved);
  const name = fields.part("name");
  const image = fields.part("vmImage");
  fields.notEmulated("demands");
  fields.end();
  if (name !== undefined) checkName(context, context.template.text(name) ?? "", name);
  const text = image && context.template.text(image);
  if (image === undefined || text === undefined || /^ubuntu-(latest|\d\d\.\d\d)$/i.test(text)) return;
  context.problems.notEmulated(
    image.token.place,
    `The machine '${text}' (there is ubuntu-latest, or ubuntu- with a version)`,
  );
}

function checkName({ problems }: Context, name: string, { token }: Part): void {
  if (name === "" || name.toLowerCase() === "azure pipelines") return;
  const what =
    name === "server" ? "An agentless job ('pool: server')" : `The pool '${name}' (there is Azure Pipelines)`;
  problems.notEmulated(token.place, what);
}
