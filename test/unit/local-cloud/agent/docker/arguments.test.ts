import { buildctlArguments, splitArguments } from "../../../../../local-cloud/agent/docker/arguments";

describe("a command line", () => {
  test.each([
    ["", []],
    ["  --pull   --no-cache ", ["--pull", "--no-cache"]],
    ['--label "a=b c" --x', ["--label", "a=b c", "--x"]],
    ['--label="a b"', ["--label=a b"]],
    ['"a \\"b\\" c" d\\e', ['a "b" c', "d\\e"]],
    ['"C:\\temp" x', ["C:\\temp", "x"]],
    ["--a\n--b", ["--a", "--b"]],
  ])("%j is split into %j", (line, expected) => {
    expect(splitArguments(line)).toEqual(expected);
  });
});

describe("docker build", () => {
  const surroundings = { environment: { TOKEN: "1" }, hostPath: (path: string) => `/host/${path}` };

  test.each([
    [
      ["--build-arg", "A=b=c"],
      ["--opt", "build-arg:A=b=c"],
    ],
    [["--build-arg=A="], ["--opt", "build-arg:A="]],
    [
      ["--build-arg", "TOKEN"],
      ["--opt", "build-arg:TOKEN=1"],
    ],
    [["--build-arg", "MISSING"], []],
    [
      ["--label", "a=b c"],
      ["--opt", "label:a=b c"],
    ],
    [
      ["--label", "a"],
      ["--opt", "label:a="],
    ],
    [
      ["--target", "final", "--platform=linux/arm64"],
      ["--opt", "target=final", "--opt", "platform=linux/arm64"],
    ],
    [
      ["--no-cache", "--pull"],
      ["--no-cache", "--opt", "image-resolve-mode=pull"],
    ],
    [
      ["--build-context", "lock=locks"],
      ["--opt", "context:lock=local:lock", "--local", "lock=/host/locks"],
    ],
    [["--build-context=b=docker-image://debian"], ["--opt", "context:b=docker-image://debian"]],
    [
      ["--cache-from", "a/b:cache"],
      ["--import-cache", "type=registry,ref=a/b:cache"],
    ],
    [
      ["--cache-to", "type=inline"],
      ["--export-cache", "type=inline"],
    ],
  ])("%j is %j for BuildKit", (args, expected) => {
    expect(buildctlArguments(args, surroundings)).toEqual(expected);
  });

  test.each([
    [["--secret", "id=a"], "does not know the argument --secret"],
    [["-t", "a"], "does not know the argument -t"],
    [["--pull=false"], "does not know the argument --pull=false"],
    [["."], "does not know the argument ."],
    [["--label"], "flag needs an argument: --label"],
    [["--build-context", "lock"], "invalid value for --build-context: lock"],
    [["--cache-to", "type=registry,ref=a/b:cache"], "knows --cache-to with type=inline only"],
    [["--cache-to", "a/b:cache"], "knows --cache-to with type=inline only"],
    [["--cache-from", "type=gha"], "knows --cache-from with type=registry only"],
  ])("%j is refused: %s", (args, message) => {
    expect(() => buildctlArguments(args, surroundings)).toThrow(message);
  });

  test("builds for one platform, as Docker does without the containerd image store", () => {
    expect(() => buildctlArguments(["--platform", "linux/amd64,linux/arm64"], surroundings)).toThrow(
      "Multi-platform build is not supported for the docker driver.",
    );
  });

  test("takes no folder from outside of the work folder", () => {
    const refuse = () => {
      throw new Error("not in the agent's work folder");
    };
    expect(() => buildctlArguments(["--build-context", "a=/root"], { environment: {}, hostPath: refuse })).toThrow(
      "not in the agent's work folder",
    );
  });
});
