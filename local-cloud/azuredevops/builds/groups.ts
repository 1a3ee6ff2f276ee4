import type { RunVariable } from "../../agent/run";
import { sameName } from "../common/naming";
import type { Organization } from "../common/organization";
import type { Definition } from "../definitions/state";
import type { VariableGroup } from "../distributed-task/state";
import { isPermitted } from "./permitted";

/** The variable group that a pipeline's YAML may use under a name. */
export function namedGroup({ state }: Organization, definition: Definition, name: string): VariableGroup | undefined {
  const group = state.variableGroups.find(({ projects }) =>
    projects.some((project) => project.id === definition.projectId && sameName(project.name, name)),
  );
  return group && isPermitted(state, definition, "variablegroup", String(group.id)) ? group : undefined;
}

/** What a run gets of a variable group, or of a definition's variables. */
export function variablesIn(variables: VariableGroup["variables"]): RunVariable[] {
  return Object.entries(variables).map(([name, { value, isSecret }]) => ({
    ...{ name, value: value ?? "", secret: isSecret === true },
  }));
}
