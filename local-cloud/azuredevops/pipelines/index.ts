import { areaOf } from "../area";
import { checks } from "./checks";
import { pipelinePermissions } from "./permissions";
import { pipelines } from "./pipelines";

/** Pipelines, through the API of that name, what they may use, and from which branches. */
export const pipeline = areaOf(pipelines, pipelinePermissions, checks);
