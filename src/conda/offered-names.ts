import type { CondaFile } from "./conda-file";
import type { Finding } from "./finding";
import { condaForgeNames, rightCondaName, rightPipName } from "./package-names";

/**
 * The packages that a file takes from pip although its channels offer them: conda's are preferred, because pip does not
 * know what conda installed.
 *
 * @param condaForge the channel that stands for conda-forge; it is the one whose packages are known without asking
 */
export function findPipPackagesOfChannels(file: CondaFile, condaForge: string): Finding[] {
  const channel = file.channels.find(({ name }) => isCondaForge(name, condaForge));
  if (channel === undefined) return [];
  return file.dependencies.flatMap(({ source, url, project, name, line }): Finding[] => {
    const [offered] = source === "pip" && url === undefined ? condaForgeNames(project) : [];
    if (offered === undefined) return [];
    const message = `${name} comes from pip, and ${channel.name} offers it as ${offered}: move it out of the pip section`;
    return [{ rule: "pip", file: file.path, line, package: name, message }];
  });
}

/**
 * The packages that are called by another name than the one by which they can be installed: a Python import's
 * (`sklearn`), or the one that the other ecosystem has.
 *
 * @param condaForge as above
 */
export function findWrongNames(file: CondaFile, condaForge: string): Finding[] {
  const onlyCondaForge = file.channels.length > 0 && file.channels.every(({ name }) => isCondaForge(name, condaForge));
  return file.dependencies.flatMap(({ source, url, channel, name, line }): Finding[] => {
    if (url !== undefined || channel !== undefined) return [];
    const right = source === "pip" ? rightPipName(name) : onlyCondaForge ? rightCondaName(name) : undefined;
    if (right === undefined) return [];
    const message = `${name} is called ${right} on ${source === "pip" ? "PyPI" : "conda-forge"}: write ${right}`;
    return [{ rule: "name", file: file.path, line, package: name, message }];
  });
}

function isCondaForge(channel: string, condaForge: string): boolean {
  const names = ["conda-forge", "https://conda.anaconda.org/conda-forge", condaForge];
  return names.includes(channel.replace(/\/$/, ""));
}
