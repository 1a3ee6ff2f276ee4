import { join, relative } from "node:path";
import * as z from "zod";
import { UserError } from "../../common/errors";
import { readText } from "../../common/files";
import { platforms } from "../../common/platforms";
import { defaults } from "../../settings/defaults";
import { programsInImage } from "../../settings/image-programs";
import { projectFolders, readProject, stackNames, stacksFolder } from "../project";
import { readStackFile } from "../stack-file";

/**
 * The programs that steps are known to need and that the images of all stacks have; none where no stack is known, or the
 * settings of one cannot be read: for editing pipelines they are not needed.
 */
export function programsOfStacks(): string[] {
  try {
    return commonPrograms();
  } catch (error) {
    if (error instanceof UserError) return [];
    throw error;
  }
}

function commonPrograms(): string[] {
  const [folder, ...others] = projectFolders(process.cwd());
  if (folder === undefined || others.length > 0) return [];
  const project = readProject(folder);
  const [first = [], ...rest] = stackNames(folder, project).map((stack) => {
    const path = join(stacksFolder(folder, project), `Pulumi.${stack}.yaml`);
    const { config } = readStackFile(relative("", path), readText(path) ?? "");
    const settingOf = (name: string) => config[`${project.name}:${name}`] ?? project.defaults[name];
    const setting = (name: string) => {
      const value = settingOf(name);
      return typeof value === "string" && value !== "" ? value : undefined;
    };
    return programsInImage({
      dockerfile: setting("dockerfile") ?? defaults.dockerfile,
      condaFile: setting("condaFile") ?? defaults.condaFile,
      lockFolder: setting("lockFolder"),
      platforms: z.array(z.enum(platforms)).safeParse(settingOf("platforms")).data,
    });
  });
  return first.filter((program) => rest.every((programs) => programs.includes(program)));
}
