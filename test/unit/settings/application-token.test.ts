import { sign } from "jsonwebtoken";
import { isApplicationToken } from "../../../src/settings/application-token";

const issuer = "https://sts.windows.net/6f1b2c3d-0a4e-4f5b-8c6d-7e8f90a1b2c3/";

test("a run's own token, and one of Microsoft Entra for an application, are no person's", () => {
  expect(isApplicationToken("run", { SYSTEM_ACCESSTOKEN: "run" })).toBe(true);
  expect(isApplicationToken(sign({ appid: "a" }, "key", { issuer }), {})).toBe(true);
});

test.each([
  ["a personal access token", "q7".repeat(26)],
  ["one with a point in it", "a.b"],
  ["three words", "a.b.c"],
  ["one of Microsoft Entra for a user", sign({ scp: "user_impersonation" }, "key", { issuer })],
])("%s is a person's", (_, token) => {
  expect(isApplicationToken(token, { SYSTEM_ACCESSTOKEN: "run" })).toBe(false);
});
