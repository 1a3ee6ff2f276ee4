import type { FileTree } from "../file-tree";
import type { BrokenRule, ImageContent } from "./rule";
import { foldersOf, programAt } from "./search-path";

/** By this label an image names a Node of its own for the agent: ContainerOperationProvider in microsoft/azure-pipelines-agent. */
const label = "com.azure.dev.pipelines.agent.handler.node.path";

/** The release of libstdc++ in Red Hat Enterprise Linux 8, on which Node's own binaries are built. */
const oldestCxx = 25;

/** The Node that keeps the container going and runs its tasks starts: the image's own if it names one, else the agent's. */
export function checkNode({ config, files }: ImageContent): BrokenRule[] {
  const path = config.labels[label];
  if (path) {
    const at = path.lastIndexOf("/");
    const node = path.startsWith("/") ? programAt(files, path.slice(0, at), path.slice(at + 1)) : undefined;
    if (node?.forEverybody) return [];
    const message =
      `the image's label ${label} is ${JSON.stringify(path)}, and there is no program there that every user may run. The ` +
      "agent starts the container, and the tasks in it, with that Node. Correct the label, or leave it out: then the " +
      "agent brings a Node.";
    return [{ rule: "node", message }];
  }
  return foldersOf(config.variables.LD_LIBRARY_PATH ?? "").flatMap((folder) => olderCxx(files, folder));
}

function olderCxx(files: FileTree, folder: string): BrokenRule[] {
  const path = files.resolve(`${folder}/libstdc++.so.6`)?.path;
  const release = /libstdc\+\+\.so\.6\.0\.(\d+)$/.exec(path ?? "")?.[1];
  if (release === undefined || Number(release) >= oldestCxx) return [];
  const message =
    `the image's variable LD_LIBRARY_PATH has ${folder} in it, where libstdc++.so.6 is ${path}: too old for the Node that ` +
    `the agent mounts into the container, which needs 6.0.${oldestCxx} or newer and would load this one. Take the folder ` +
    "out of LD_LIBRARY_PATH, or set the variable for the one program that needs it.";
  return [{ rule: "node", message }];
}
