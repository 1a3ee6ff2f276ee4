import { spawnSync } from "node:child_process";
import { isAlive } from "../../../src/common/process";

test("a process is alive until it has ended", () => {
  expect(isAlive(process.pid)).toBe(true);
  expect(isAlive(spawnSync("true").pid)).toBe(false);
});
