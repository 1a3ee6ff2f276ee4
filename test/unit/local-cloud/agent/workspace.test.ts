import { existsSync, lstatSync, mkdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { TaskJob } from "../../support/task-job";

jest.mock("../../../../local-cloud/agent/containers/machine", () => ({
  agentUser: { name: "vsts", uid: process.getuid?.(), gid: process.getgid?.(), home: "/home/vsts" },
}));

let job: TaskJob;
beforeEach(() => {
  job = new TaskJob();
});
afterEach(() => job.remove());

describe("what is copied into the work folder", () => {
  test("goes over what is there, with its links and modes, into folders that are made", () => {
    const source = join(job.directory, "tool");
    mkdirSync(join(source, "bin"), { recursive: true });
    writeFileSync(join(source, "bin/run"), "new", { mode: 0o755 });
    symlinkSync("run", join(source, "bin/link"));
    job.write("/w/1/s/a/b/bin/run", "old");
    job.write("/w/1/s/a/b/bin/kept", "kept");
    job.workspace.copyIn(source, "a/b");
    expect([job.read("/w/1/s/a/b/bin/run"), job.read("/w/1/s/a/b/bin/kept")]).toEqual(["new", "kept"]);
    expect(readlinkSync(job.onHost("/w/1/s/a/b/bin/link"))).toBe("run");
    expect(lstatSync(job.onHost("/w/1/s/a/b/bin/run")).mode & 0o777).toBe(0o755);
  });

  test("replaces a link in its place, and goes through none", () => {
    const [outside, source] = [join(job.directory, "outside"), join(job.directory, "file")];
    writeFileSync(outside, "untouched");
    writeFileSync(source, "new");
    symlinkSync(outside, job.onHost("/w/1/s/a"));
    job.workspace.copyIn(source, "a");
    expect([readFileSync(outside, "utf8"), job.read("/w/1/s/a")]).toEqual(["untouched", "new"]);
  });

  test("is refused where it would be elsewhere, by a link as well", () => {
    const source = join(job.directory, "file");
    writeFileSync(source, "new");
    symlinkSync(job.directory, job.onHost("/w/1/s/link"));
    for (const path of ["/etc/a", "../../../a", "link/a", "link/b/a"]) {
      expect(() => job.workspace.copyIn(source, path)).toThrow(`${path} is not in the agent's work folder /w`);
    }
    expect(existsSync(join(job.directory, "b"))).toBe(false);
  });
});

test("what is emptied loses what is in it, and a link what it is, not what it leads to", () => {
  const outside = join(job.directory, "outside");
  mkdirSync(outside);
  writeFileSync(join(outside, "a"), "");
  job.write("/w/1/s/full/a/b", "");
  symlinkSync(outside, job.onHost("/w/1/s/link"));
  for (const path of ["full", "link", "nothing"]) job.workspace.empty(path);
  expect([job.workspace.filesBelow("full"), job.workspace.exists("full"), job.workspace.exists("link")]).toEqual([
    ...[[], true, false],
  ]);
  expect(existsSync(join(outside, "a"))).toBe(true);
});
