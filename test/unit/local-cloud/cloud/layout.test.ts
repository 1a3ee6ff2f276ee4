import { createServer } from "node:net";
import { layoutOf, parsePort, portsFrom } from "../../../../local-cloud/cloud/layout";
import { portPlan } from "../../../../local-cloud/cloud/port-plan";
import { requireLinuxRoot } from "../../../../local-cloud/cloud/requirements";
import { holdersOf, listeningInodes } from "../../../../local-cloud/processes/listeners";
import { mountsBelow } from "../../../../local-cloud/processes/mounts";

describe("ports", () => {
  test("follow from the base port, and no two are the same", () => {
    const { registries, ...single } = portsFrom(9480);
    expect(single).toEqual({
      azureDevOps: 9480,
      azure: 9481,
      publicRegistry: 9482,
      buildkit: 9483,
      channel: 9484,
      faults: 9485,
    });
    expect(registries).toEqual({ first: 9490, last: 9579 });
  });

  test("are planned with the first registry's before there is any registry, and with those that there are", () => {
    expect(portPlan(9480, []).map(({ port }) => port)).toEqual([9480, 9481, 9482, 9483, 9484, 9485, 9490]);
    const registries = [
      { name: "one", port: 9491 },
      { name: "two", port: 9492 },
    ];
    expect(portPlan(9480, registries).map(({ port }) => port)).toEqual([
      9480, 9481, 9482, 9483, 9484, 9485, 9491, 9492,
    ]);
  });

  test.each(["1024", "9480", "65436"])("the base port %s is read", (text) => {
    expect(parsePort(text)).toBe(Number(text));
  });

  test.each(["", "80", "1023", "65437", "9480.5", "1e4", "-9480", "port"])("the base port %j is refused", (text) => {
    expect(() => parsePort(text)).toThrow(
      `the base port ${JSON.stringify(text)} (option --port) is not a whole number`,
    );
  });

  test("that are taken are reported with their purpose and the process that holds them", async () => {
    const server = createServer();
    const port = await new Promise<number>((resolve, reject) => {
      server.listen(0, "127.0.0.1", () => {
        const address = server.address();
        if (typeof address === "object" && address !== null) resolve(address.port);
        else reject(new Error("no port"));
      });
    });
    const [holder, ...others] = await holdersOf([{ port, purpose: "a test" }]);
    expect(holder).toMatch(new RegExp(`^port ${port}, for a test: process ${process.pid} \\(`));
    expect(others).toEqual([]);
    await new Promise((resolve) => server.close(resolve));
    expect(await holdersOf([{ port, purpose: "a test" }])).toEqual([]);
  });
});

test("only sockets that listen on exactly that port count", () => {
  const table = [
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode",
    "   0: 0100007F:2508 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 111 1 0 100 0 0 10 0",
    "   1: 0100007F:2509 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 222 1 0 100 0 0 10 0",
    "   2: 0100007F:2508 0100007F:D2F0 01 00000000:00000000 00:00000000 00000000     0        0 333 1 0 100 0 0 10 0",
    "   3: 00000000:2508 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 444 1 0 100 0 0 10 0",
  ].join("\n");
  expect(listeningInodes(table, 0x2508)).toEqual(["111", "444"]);
  expect(listeningInodes("", 0x2508)).toEqual([]);
});

test("mounts below a directory are found innermost first, and its own is none of them", () => {
  const table = [
    "22 1 0:20 / / rw - ext4 /dev/vda rw",
    "30 22 0:21 / /project/.local-cloud rw - tmpfs tmpfs rw",
    "31 30 0:22 / /project/.local-cloud/buildkit/a\\040b rw - overlay overlay rw",
    "32 31 0:23 / /project/.local-cloud/buildkit/a\\040b/proc rw - proc proc rw",
    "33 22 0:24 / /project/.local-cloud-2/buildkit rw - overlay overlay rw",
  ].join("\n");
  expect(mountsBelow(table, "/project/.local-cloud")).toEqual([
    "/project/.local-cloud/buildkit/a b/proc",
    "/project/.local-cloud/buildkit/a b",
  ]);
});

test("a layout is absolute, and all of it lies in its directory", () => {
  const { directory, state, ...rest } = layoutOf("some/where");
  expect(directory).toBe(`${process.cwd()}/some/where`);
  for (const path of [...Object.values(state), ...Object.values(rest)])
    expect(path.startsWith(`${directory}/`)).toBe(true);
});

describe("the local cloud", () => {
  test("runs on Linux as root", () => {
    expect(() => requireLinuxRoot("linux", 0)).not.toThrow();
  });

  test.each([
    ["darwin", 501, "this is darwin"],
    ["win32", undefined, "this is win32"],
    ["linux", 1000, "this is user 1000"],
  ] as const)("on %s as user %s says so, and what would do", (platform, uid, reason) => {
    expect(() => requireLinuxRoot(platform, uid)).toThrow(reason);
    expect(() => requireLinuxRoot(platform, uid)).toThrow(".devcontainer/");
  });
});
