import type { CondaFile, Dependency } from "./conda-file";
import { packagesOf } from "./packages";

/** Packages of conda-forge and Anaconda's defaults that there are for one platform only; `conda env export` lists them. */
const packages: [RegExp, string][] = [
  [/^(?:m2w64|msys2|m2)-/, "Windows"],
  [
    /^(?:vc|vc14_runtime|vcomp14|vs20\d\d_runtime|vs20\d\d_win-64|ucrt|winpty|pywinpty|wincertstore|win_inet_pton)$/,
    "Windows",
  ],
  [
    /^(?:pywin32|pywin32-on-windows|pypiwin32|icc_rt|menuinst|console_shortcut|powershell_shortcut|win32_setctime)$/,
    "Windows",
  ],
  [/^(?:appnope|python\.app|pyobjc-.*|libcxx|applaunchservices)$/, "macOS"],
];

/** The platform other than Linux that a dependency is for alone, as a text; undefined if it may be for Linux. */
export function otherPlatform({ name, selector }: Pick<Dependency, "name" | "selector">): string | undefined {
  const [, platform] = packages.find(([form]) => form.test(name)) ?? [];
  if (platform !== undefined) return `for ${platform} only`;
  const alternatives = selector?.slice(1, -1).split(/\bor\b/) ?? [];
  const others = /^\s*(?:win(?:32|64)?|osx(?:64|-arm64)?|not\s+(?:linux(?:64)?|unix))\s*$/;
  return alternatives.length > 0 && alternatives.every((one) => others.test(one)) ? `marked ${selector}` : undefined;
}

/** What the other files need and CI's lacks because its image is Linux's, as notes. */
export function notesOnOtherPlatforms(ci: CondaFile, others: CondaFile[]): string[] {
  const own = packagesOf(ci);
  return others.flatMap((file) =>
    [...packagesOf(file).values()].flatMap(({ project, entry }) => {
      const platform = own.has(project) ? undefined : otherPlatform(entry);
      if (platform === undefined) return [];
      return [`${file.path}:${entry.line}: ${entry.name} is ${platform}, so it is not looked for in ${ci.path}`];
    }),
  );
}
