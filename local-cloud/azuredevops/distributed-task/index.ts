import { areaOf } from "../area";
import { environments } from "./environments";
import { agentPools } from "./pools";
import { agentQueues } from "./queues";
import { variableGroups } from "./variable-groups";

/** What runs take from the project and the organization: variable groups, agent pools and queues, environments. */
export const distributedTask = areaOf(variableGroups, agentPools, agentQueues, environments);
