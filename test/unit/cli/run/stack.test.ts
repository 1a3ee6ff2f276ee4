import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { layoutOf } from "../../../../local-cloud/cloud/layout";
import { writeSettings } from "../../../../local-cloud/cloud/settings";
import { startTimeOf } from "../../../../local-cloud/processes/process";
import { writeProcesses } from "../../../../local-cloud/processes/processes";
import { environmentFor } from "../../../../src/cli/run/stack";

const layout = layoutOf(mkdtempSync(join(tmpdir(), "pipeline-stack-")));
const said: string[] = [];
const environment = (own: NodeJS.ProcessEnv) => environmentFor(own, layout, (line) => said.push(line));

beforeEach(() => {
  said.length = 0;
  writeSettings(layout, { port: 22100, personalAccessToken: "local" });
  const self = { name: "supervisor", pid: process.pid, startTime: startTimeOf(process.pid) ?? 0 };
  writeProcesses(layout.processes, { ready: true, processes: [self] });
});

afterAll(() => rmSync(layout.directory, { recursive: true }));

test("without an access token the local cloud that runs is meant, and it is said", () => {
  expect(environment({ HOME: "/home" })).toMatchObject({
    HOME: "/home",
    AZDO_PERSONAL_ACCESS_TOKEN: "local",
    PULUMI_HOME: layout.pulumiHome,
    DOCKER_CONFIG: layout.docker,
  });
  expect(said).toEqual([`In the local cloud of ${layout.directory}: AZDO_PERSONAL_ACCESS_TOKEN is not set.`]);
});

test.each(["AZDO_PERSONAL_ACCESS_TOKEN", "SYSTEM_ACCESSTOKEN"])(
  "%s leads to where the caller's own environment does",
  (name) => {
    const own = { [name]: "mine" };
    expect(environment(own)).toBe(own);
    expect(said).toEqual([]);
  },
);

test("a local cloud that does not run is not meant", () => {
  writeProcesses(layout.processes, { ready: false, processes: [] });
  const own = { HOME: "/home" };
  expect(environment(own)).toBe(own);
});
