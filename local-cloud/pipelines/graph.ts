import type { Problems } from "./problems";
import type { Place } from "./token";

/** A stage or a job with what it waits for. */
export interface GraphNode {
  name: string;
  dependsOn: readonly string[];
  place: Place;
  /** Where it says what it waits for. */
  dependsOnPlace: Place;
}

/**
 * Reports names that are there twice, dependencies that are not there, and circles, as Azure Pipelines words them.
 *
 * @param owner "The pipeline", or the stage that has the jobs
 */
export function checkGraph(
  problems: Problems,
  kind: "stage" | "job",
  owner: string,
  nodes: readonly GraphNode[],
): void {
  const title = (name: string) => (kind === "stage" ? `Stage ${name}` : `${owner} job ${name}`);
  const unique =
    kind === "stage" ? "Stage names must be unique within a pipeline." : "Job names must be unique within a stage.";
  const byName = new Map<string, GraphNode>();
  for (const node of nodes) {
    const twice = byName.has(node.name.toLowerCase());
    if (twice) problems.report(node.place, `The ${kind} name ${node.name} appears more than once. ${unique}`);
    else byName.set(node.name.toLowerCase(), node);
  }
  for (const { name, dependsOn, dependsOnPlace } of nodes) {
    for (const dependency of dependsOn) {
      if (byName.has(dependency.toLowerCase())) continue;
      problems.report(dependsOnPlace, `${title(name)} depends on unknown ${kind} ${dependency}.`);
    }
  }
  const [first] = nodes;
  if (first !== undefined && nodes.every(({ dependsOn }) => dependsOn.length > 0)) {
    problems.report(first.place, `${owner} must contain at least one ${kind} with no dependencies.`);
  }
  for (const node of nodes) {
    const closing = node.dependsOn.find((dependency) => reaches(byName, dependency, node.name));
    if (closing === undefined) continue;
    problems.report(
      node.dependsOnPlace,
      `${title(node.name)} depends on ${kind} ${closing} which creates a cycle in the dependency graph.`,
    );
  }
}

function reaches(nodes: ReadonlyMap<string, GraphNode>, from: string, to: string): boolean {
  const seen = new Set<string>();
  const waiting = [from.toLowerCase()];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (name === to.toLowerCase()) return true;
    if (seen.has(name)) continue;
    seen.add(name);
    waiting.push(...(nodes.get(name)?.dependsOn ?? []).map((each) => each.toLowerCase()));
  }
  return false;
}
