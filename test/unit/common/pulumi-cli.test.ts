import { pulumiJson } from "../../../src/common/pulumi-cli";

const { platform: own } = process;
const pretend = (platform: string) => Object.defineProperty(process, "platform", { value: platform });
afterEach(() => pretend(own));

test.each([
  ["linux", "there is no Pulumi CLI on PATH. Run `npm ci` first."],
  ["win32", "there is no pulumi.exe on PATH, and npm's pulumi.cmd cannot be started from here."],
])("on %s it is said what to do where there is no CLI", async (platform, message) => {
  pretend(platform);
  await expect(pulumiJson(["stack", "ls"], { env: { PATH: "/nowhere" } })).rejects.toThrow(message);
});
