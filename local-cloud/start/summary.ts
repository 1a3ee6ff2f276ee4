import type { FarSide } from "./far-side";

/** What `local-cloud start` says at its end: what exists now, and what to do with it. */
export function summary({ projectUrl, registry, image, connections, pipelines }: FarSide): string {
  const rows: [string, string][] = [
    ["container registry", `${registry.name} at ${registry.loginServer}`],
    ["image", image.repository],
    ["  digest", image.digest],
    ["  tags", image.tags.join(", ")],
    ...connections.map(({ role, name, scheme, id }): [string, string] => [role, `${name} (${scheme}, ${id})`]),
    ...pipelines.map(({ role, name, url }): [string, string] => [role, `${name}  ${url}`]),
    ["in a browser", projectUrl],
  ];
  const next: [string, string][] = [
    [
      "npx local-cloud exec -- npx job-container check conda --solve",
      "check and lock a changed environment: edit the conda files first",
    ],
    ["npx local-cloud exec -- pulumi preview --diff", "what the change would do"],
    ["npx local-cloud exec -- pulumi up", "do it"],
    ["npx local-cloud push", "commit it to the local repository, which pipelines run from"],
    ["npx local-cloud status", "where everything is (--json for programs)"],
    ["npx local-cloud stop", "end the local cloud's processes; its state stays, start goes on from it"],
    ["npx local-cloud reset", "remove it"],
  ];
  return ["", "What exists now", ...table(rows), "", "What to try next", ...table(next)].join("\n");
}

function table(rows: [string, string][]): string[] {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`);
}
