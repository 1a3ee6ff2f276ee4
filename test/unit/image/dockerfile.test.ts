import { readFileSync } from "node:fs";
import { readDockerfile } from "../../../src/image/dockerfile";

test("this repository's Dockerfile takes all build arguments and a lock, and shows nothing that the agent refuses", () => {
  const { arguments: declared, takesLock, refusals } = readDockerfile(readFileSync("docker/Dockerfile", "utf8"));
  expect([...declared]).toEqual(expect.arrayContaining(["BASE_IMAGE", "CONDA_FILE", "CONDA_CHANNEL"]));
  expect({ takesLock, refusals }).toEqual({ takesLock: true, refusals: [] });
});

test("build arguments are declared in any stage, several in a line, in any case, and not in text", () => {
  const text = 'arg A=1 B="x y"\nFROM a\n# ARG C\nRUN <<EOF\nARG D\nEOF\nFROM b\nARG E\nENV F=1\n';
  expect([...readDockerfile(text).arguments]).toEqual(["A", "B", "E"]);
});

test.each([
  ["FROM a\nCOPY --from=lock x.lock /", true],
  ["FROM a\nRUN --mount=type=bind,from=lock,target=/l conda create --file /l/x", true],
  ["FROM lock AS files\nFROM a", true],
  ["FROM a\nCOPY environments/ci.linux-64.lock /", true],
  ["FROM a\nADD conda-lock.yml /", true],
  ["FROM a\nCOPY ci.yml /\nRUN conda env create --file ci.yml", false],
  ["FROM a\nRUN flock /x true", false],
])("%j takes a lock: %s", (text, takesLock) => {
  expect(readDockerfile(text).takesLock).toBe(takesLock);
});

test.each<[string, string, { line: number; message: string }[]]>([
  [
    "an entry point",
    'FROM a\nENTRYPOINT ["conda", "run"]',
    [{ line: 2, message: expect.stringContaining('["conda", "run"]') }],
  ],
  [
    "one of a shell",
    "FROM a\nentrypoint exec bash",
    [{ line: 2, message: expect.stringContaining("ENTRYPOINT exec bash") }],
  ],
  ["one that is taken away again", "FROM a\nENTRYPOINT b\nENTRYPOINT []", []],
  ["one of another stage", "FROM a AS b\nENTRYPOINT c\nFROM d", []],
  [
    "one of the stage that the last one starts from",
    "FROM a AS b\nENTRYPOINT c\nFROM B",
    [{ line: 2, message: expect.any(String) }],
  ],
  [
    "a user",
    "FROM a\nUSER root\nRUN x\nUSER mambauser:1",
    [{ line: 4, message: expect.stringContaining("USER mambauser:1") }],
  ],
  ["a number for root", "FROM a\nUSER app\nUSER 0:0", []],
  ["a user that is not known here", "FROM a\nUSER $MAMBA_USER", []],
  ["nothing", "", []],
])("it is seen whether the agent takes the image, as far as the text shows it: %s", (_, text, refusals) => {
  expect(readDockerfile(text).refusals).toEqual(refusals);
});
