import { areaOf } from "../area";
import { projectFeatures } from "./features";
import { operations } from "./operations";
import { processes } from "./processes";
import { projects } from "./projects";

/** Projects and their features, the processes that they follow, and the operations that change them. */
export const core = areaOf(projects, projectFeatures, processes, operations);
