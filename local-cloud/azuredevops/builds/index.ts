import { areaOf } from "../area";
import { builds } from "./builds";
import { generalSettings } from "./general-settings";
import { leases } from "./leases";
import { timeline } from "./timeline";

/** Runs of pipelines, through the build API: it calls them builds. */
export const build = areaOf(builds, timeline, leases, generalSettings);
