import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { resolveUser } from "../../../../../local-cloud/agent/containers/image";

describe("the user of an image", () => {
  const root = mkdtempSync(join(tmpdir(), "root-"));
  mkdirSync(join(root, "etc"));
  writeFileSync(join(root, "etc/passwd"), "root:x:0:0::/root:/bin/sh\nmamba:x:57439:57440::/home/mamba:/bin/bash\n");
  writeFileSync(join(root, "etc/group"), "root:x:0:\nstaff:x:50:\n");
  afterAll(() => rmSync(root, { recursive: true }));

  test.each([
    ["", { uid: 0, gid: 0 }],
    ["mamba", { uid: 57439, gid: 57440 }],
    ["57439", { uid: 57439, gid: 57440 }],
    ["1234", { uid: 1234, gid: 0 }],
    ["mamba:staff", { uid: 57439, gid: 50 }],
    ["1234:5", { uid: 1234, gid: 5 }],
  ])("%j is %j", (user, expected) => {
    expect(resolveUser(root, user)).toEqual(expected);
  });

  test("is refused where the image has no such user or group", () => {
    expect(() => resolveUser(root, "nobody")).toThrow("unable to find user nobody");
    expect(() => resolveUser(root, "mamba:nobody")).toThrow("unable to find group nobody");
    expect(resolveUser("/nowhere", "")).toEqual({ uid: 0, gid: 0 });
  });
});
