/** Where the agent's own Node is for steps, in a container as on its machine: as Microsoft's agent has it. */
export const agentNode = "/__a/externals/node/bin/node";
