import { parse } from "yaml";

/** The packages that are "the Azure ML SDK", newest first: a file with several is known by the first of these. */
const sdkPackages = ["azure-ai-ml", "azureml-sdk", "azureml-core"];

/**
 * The version of the Azure ML SDK that a conda environment file pins exactly (`azure-ai-ml=1.20.0`,
 * `azureml-core==1.5.0`, conda or pip), or undefined where it has none or leaves the version open.
 *
 * @param text the conda environment file's content
 */
export function azureMlSdkVersion(text: string): string | undefined {
  const file: unknown = parse(text);
  const specifications = dependencies(file);
  for (const name of sdkPackages) {
    for (const specification of specifications) {
      const match = /^(?:[\w.-]+::)?([\w.-]+)(?:\[[^\]]*\])?\s*={1,3}\s*([\w.!+]+)\s*(?:=.*)?$/.exec(
        specification.trim(),
      );
      if (match?.[1]?.toLowerCase().replaceAll("_", "-") === name) return match[2];
    }
  }
  return undefined;
}

/** Every specification of the file, those of its pip section included. */
function dependencies(file: unknown): string[] {
  if (typeof file !== "object" || file === null) return [];
  const list = "dependencies" in file ? file.dependencies : "pip" in file ? file.pip : [];
  if (!Array.isArray(list)) return [];
  return list.flatMap((entry: unknown) => (typeof entry === "string" ? [entry] : dependencies(entry)));
}
