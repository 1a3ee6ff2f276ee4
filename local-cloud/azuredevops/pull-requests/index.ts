import { areaOf } from "../area";
import { pullRequests } from "./pull-requests";
import { threads } from "./threads";

/** Pull requests and their discussions. Nothing reviews them and no policy keeps one from being completed. */
export const pullRequest = areaOf(pullRequests, threads);
