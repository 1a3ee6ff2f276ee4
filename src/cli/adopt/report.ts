import type { Container } from "../../pipeline-files/container";
import { isOpen } from "../../pipeline-files/image";
import type { Pipeline } from "../../pipeline-files/read-pipeline";
import { type Choice, type Chosen, isImage, type Wish } from "./choose";
import type { Target } from "./edit-container";
import { stockImage } from "./image";

const undecided = "its value is known only when the pipeline is compiled or runs";
const isValue = "a container gets it as a value: edit that container's image and endpoint by hand";

/** What was done or is left to do, a line for each container, and what stays as it is, with the reason. */
export function textReport(chosen: Chosen, pipeline: Pipeline, target: Target, written: boolean): string {
  const { changes, open, values, services } = chosen;
  return lines(
    ...changes.map((container) => change(container, target, written ? "is now" : "is to be")),
    changes.length === 0 ? `${pipeline.path} uses the job container: nothing to change.` : "",
    ...open.map(({ place, image }) => `${place}  ${image} is left as it is: ${undecided}`),
    ...values.map(({ place, text }) => `${place}  ${text} is left as it is: ${isValue}`),
    ...services.map(({ place, alias = "" }) => {
      const use = `it is a service (${pipeline.services.get(alias)})`;
      return `${place}  ${alias} is left as it is: ${use}; --container ${alias} changes it`;
    }),
    unread(pipeline),
  );
}

function change({ place, alias, image }: Container, target: Target, verb: string): string {
  const name = alias === undefined ? "" : `${alias}: `;
  const what = image === target.image ? verb : `${verb} ${target.image},`;
  return `${place}  ${name}${image} ${what} pulled through ${target.endpoint}`;
}

/** Why nothing is changed, with what to do. */
export function refusal(choice: Exclude<Choice, Chosen>, pipeline: Pipeline, wish: Wish): string {
  const { path, services, jobs } = pipeline;
  switch (choice.kind) {
    case "none":
      return none(pipeline, wish);
    case "several":
      return lines(`several containers of ${path} could be meant:`, table(choice.containers), waysToChoose(choice));
    case "shared":
      return lines(
        ...choice.containers.map(({ place, alias = "" }) => {
          const uses = `what a job runs in (${jobs.get(alias)}) and a service (${services.get(alias)})`;
          return `${place}: ${alias} is ${uses}: give the job one of its own, or change both with --container ${alias}`;
        }),
      );
    case "obstacles":
      return lines(
        ...choice.containers.map(({ place, alias, obstacle }) => `${place}: ${alias ?? "the container"} ${obstacle}`),
      );
  }
}

function waysToChoose({ containers }: { containers: Container[] }): string {
  const aliases = new Set(containers.flatMap(({ alias }) => alias ?? []));
  const images = new Set(containers.map(({ image }) => image));
  return [
    aliases.size > 1 ? "Choose a resource with --container <alias>, " : "Choose ",
    images.size > 1 ? "an image with --image <name:tag>, or " : "",
    "all of them with --all.",
  ].join("");
}

function none(pipeline: Pipeline, { container, image }: Wish): string {
  const { path, containers, services, values } = pipeline;
  const wanted = image ?? stockImage;
  const runs = container === undefined || image !== undefined ? [`has the image ${wanted}`] : [];
  const is = container === undefined ? [] : [`is called ${container}`];
  return lines(
    `no container of ${path}'s jobs ${[...is, ...runs].join(" and ")}${containers.length === 0 ? "" : ":"}`,
    table(containers, services),
    ...values.filter(({ text }) => isImage(text, wanted)).map(({ place, text }) => `${place}  ${text}: ${isValue}`),
    unread(pipeline),
    whatElse(pipeline),
  );
}

function whatElse({ containers, unread }: Pipeline): string {
  if (containers.length > 0) return "Choose a resource with --container <alias>, or an image with --image <name>.";
  if (unread.length > 0) return "Use this command on the templates that were not read, where they are.";
  return "It has no containers: give its jobs one, as in pipelines/model-ci.yml.";
}

function table(containers: Container[], services = new Map<string, string>()): string {
  const rows = containers.map((container) => {
    const { place, alias = "", image = "no image" } = container;
    const service = services.get(alias);
    const notes = [isOpen(container) ? undecided : [], service === undefined ? [] : `a service, ${service}`].flat();
    return { place, alias, image: notes.length === 0 ? image : `${image} (${notes.join("; ")})` };
  });
  const [places, aliases] = [widest(rows.map(({ place }) => place)), widest(rows.map(({ alias }) => alias))];
  const names = (alias: string) => (aliases === 0 ? "" : `${alias.padEnd(aliases)}  `);
  return rows.map(({ place, alias, image }) => `  ${place.padEnd(places)}  ${names(alias)}${image}`).join("\n");
}

function widest(texts: string[]): number {
  return Math.max(...texts.map((text) => text.length));
}

function unread(pipeline: Pipeline): string {
  return lines(...pipeline.unread.map(({ place, text }) => `${place}  ${text}`));
}

function lines(...parts: string[]): string {
  return parts.filter((part) => part !== "").join("\n");
}
