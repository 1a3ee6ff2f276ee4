export { variableGroups as distributedTask } from "./variable-groups";
