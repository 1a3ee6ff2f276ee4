import { areaOf } from "../area";
import { pipelinePermissions } from "./permissions";
import { pipelines } from "./pipelines";

/** Pipelines, through the API of that name, and what they may use. */
export const pipeline = areaOf(pipelines, pipelinePermissions);
