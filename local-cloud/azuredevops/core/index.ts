import { areaOf } from "../area";
import { operations } from "./operations";
import { processes } from "./processes";
import { projects } from "./projects";

/** Projects, the processes that they follow, and the operations that change them. */
export const core = areaOf(projects, processes, operations);
