/** What stands for the machine in a solution: packages that exist on every machine and in no channel. */
export interface VirtualPackage {
  name: string;
  version: string;
  build: string;
}

/** conda's names of architectures, where `__archspec` has another: https://github.com/archspec/archspec-json */
const archspecs: Record<string, string> = { "64": "x86_64", "32": "x86" };

/**
 * The virtual packages of a platform: the oldest machine that the image has to run on, the same as conda-lock takes
 * (its `default-virtual-packages.yaml`), but without a graphics card (`__cuda`). glibc 2.28 is what the Node that the
 * agent mounts into the container needs.
 *
 * @param platform as conda names it, for example linux-64
 */
export function virtualPackages(platform: string): VirtualPackage[] {
  const [system = "", architecture = ""] = platform.split("-");
  const archspec = { name: "__archspec", version: "1", build: archspecs[architecture] ?? architecture };
  const unix = { name: "__unix", version: "0", build: "0" };
  if (system === "linux") {
    return [
      archspec,
      unix,
      { name: "__linux", version: "5.10", build: "0" },
      { name: "__glibc", version: "2.28", build: "0" },
    ];
  }
  if (system === "osx") return [archspec, unix, { name: "__osx", version: "11.0", build: "0" }];
  if (system === "win") return [archspec, { name: "__win", version: "0", build: "0" }];
  return [archspec];
}
