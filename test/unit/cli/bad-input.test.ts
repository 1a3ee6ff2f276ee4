import { type CommandName, Commands } from "../support/commands";

jest.setTimeout(120_000);

let commands: Commands;

beforeAll(() => {
  commands = new Commands();
  commands.write("ci.yml", "jobs:\n- job: a\n  container: mcr.microsoft.com/mlops/python:latest\n  steps: []\n");
  commands.write("list.yml", "- a\n");
  commands.write("latin.yml", Buffer.from("name: caf\xe9\n", "latin1"));
  commands.write(".vscode/settings.json", '{ "editor.tabSize": 2 }\n');
  commands.write("Pulumi.bare.yaml", "config: {}\n");
  commands.write("Pulumi.broken.yaml", "config: [\n");
  commands.write("Pulumi.text.yaml", "just a text\n");
});
afterAll(() => commands.remove());

/** What is wrong, the arguments, the exit code, and what the message says. */
type Row = [what: string, args: string[], code: number, ...messages: string[]];

const usage = 2;
const failed = 1;

/** What is expected of all: nothing on standard output, a message for a person, and no file that is new or changed. */
async function expectRefused(name: CommandName, args: string[], code: number, messages: string[]): Promise<void> {
  const before = commands.files();
  const result = await commands.run(name, args);
  expect(result).toEqual({ code, stdout: "", stderr: expect.stringMatching(/\n$/) });
  for (const message of messages) expect(result.stderr).toContain(message);
  expect(result.stderr).not.toMatch(/^ +at /m);
  expect(result.stderr).not.toMatch(/undefined|\[object|ZodError|Traceback|ENOENT|ENOTDIR/);
  expect(commands.files()).toEqual(before);
}

describe("npx job-container env", () => {
  const help = "See: npx job-container env --help";
  test.each<Row>([
    ["no command", [], usage, "Usage: job-container env <command> [options]"],
    ["an unknown command", ["upp"], usage, "unknown command 'upp'", "Did you mean up?", help],
    ["an unknown option", ["up", "--frob"], usage, "unknown option '--frob'", help],
    ["an argument too many", ["up", "extra"], usage, "too many arguments for 'up'", help],
    ["an option without its value", ["up", "--branch"], usage, "option '--branch <name>' argument missing", help],
    ["an empty branch", ["up", "--branch", ""], usage, "--branch <name>' argument '' is invalid. It is empty", help],
    ["a blank branch", ["preview", "--branch", " "], usage, "argument ' ' is invalid. It is empty", help],
    ["an empty base", ["list", "--base", ""], usage, "--base <stack>' argument '' is invalid. It is empty", help],
    ["a base that is not there", ["list", "--base", "no"], failed, "there is no Pulumi.no.yaml", "Name another one."],
    ["a base with a path in it", ["list", "--base", "../dev"], failed, '"../dev" (--base, JOB_', "must be at most 100"],
    ["a base outside", ["list", "--base", "a/../../b"], failed, '"a/../../b" (--base, JOB_', "must be at most 100"],
    ["a base without settings", ["list", "--base", "bare"], failed, "(Pulumi.bare.yaml) do not say where", "project"],
    ["a base that is no YAML", ["list", "--base", "broken"], failed, "Pulumi.broken.yaml is not", "Correct it"],
    ["a base that is a text", ["list", "--base", "text"], failed, "Pulumi.text.yaml is not", "Correct it"],
    [
      "a policy pack that is no folder",
      ["up", "--policy-pack", "no"],
      usage,
      "argument 'no' is invalid. It is no folder",
    ],
    ["a name of capitals", ["up", "--branch", "b", "--name", "A B"], failed, '--name "A B" must be lower-case letters'],
    ["an empty name", ["up", "--branch", "b", "--name", ""], failed, '--name "" must be lower-case letters'],
    ["a name that is too long", ["up", "--branch", "b", "--name", "a".repeat(61)], failed, "at most 60 characters"],
    ["a name with a path", ["up", "--branch", "b", "--name", "../a"], failed, '--name "../a" must be lower-case'],
    [
      "the default branch",
      ["up", "--branch", "main"],
      failed,
      "main is the default branch: its environment is the base",
    ],
    ["no branch to destroy", ["destroy"], usage, "required option '--branch <name>' not specified", help],
    ["an empty branch to destroy", ["destroy", "--branch", ""], usage, "argument '' is invalid. It is empty", help],
    ["a branch for a list", ["list", "--branch", "b"], usage, "unknown option '--branch'", help],
    [
      "a duration without a unit",
      ["sweep", "--older-than", "7"],
      usage,
      "argument '7' is invalid. It must be like 90m",
    ],
    ["a negative duration", ["sweep", "--older-than", "-7d"], usage, "argument '-7d' is invalid. It must be like 90m"],
    ["a duration of years", ["sweep", "--older-than", "1y"], usage, "argument '1y' is invalid. It must be like 90m"],
    ["a limit of none", ["sweep", "--limit", "0"], usage, "argument '0' is invalid. It must be a number from 1."],
    ["a limit that is a word", ["sweep", "--limit", "all"], usage, "argument 'all' is invalid. It must be a number"],
    ["half a limit", ["sweep", "--limit", "1.5"], usage, "argument '1.5' is invalid. It must be a number from 1."],
    ["a pull request of a word", ["preview", "--comment", "--pull-request", "x"], usage, "argument 'x' is invalid."],
    ["a pull request alone", ["preview", "--pull-request", "3"], usage, "--pull-request says where to comment", help],
    ["a comment with a name", ["preview", "--comment", "--name", "x"], usage, "--name is for a preview without", help],
    ["a comment outside of a pipeline", ["preview", "--comment"], failed, "BUILD_REPOSITORY_PROVIDER is not set"],
  ])("%s", (_, args, code, ...messages) => expectRefused("job-container", ["env", ...args], code, messages));
});

describe("npx job-container run", () => {
  const help = "See: npx job-container run --help";
  test.each<Row>([
    ["no pipeline", [], usage, "Usage: job-container run <image|model> [options]"],
    ["an unknown pipeline", ["modle"], usage, "unknown command 'modle'", "Did you mean model?", help],
    ["an unknown option", ["image", "--frob"], usage, "unknown option '--frob'", help],
    ["two pipelines", ["image", "model"], usage, "too many arguments for 'image'", help],
    ["a value for a switch", ["model", "--wait=3"], usage, "unknown option '--wait=3'", help],
    ["another pipeline's option", ["model", "--githubrelease", "1"], usage, "unknown option '--githubrelease'", help],
    ["an option without its value", ["image", "--stack"], usage, "option '--stack <name>' argument missing", help],
    ["an empty stack", ["image", "--stack", ""], usage, "--stack <name>' argument '' is invalid. It is empty", help],
    ["an empty branch", ["model", "--branch", ""], usage, "--branch <name>' argument '' is invalid. It is empty", help],
    [
      "a release that is no tag",
      ["image", "--githubrelease", "3.0+1"],
      usage,
      '"release-3.0+1" is not a tag: a tag is',
    ],
    ["a release with a quote", ["image", "--githubrelease", '1" --x'], usage, "is not a tag: a tag is at most 128"],
    ["a release that is long", ["image", "--githubrelease", "1".repeat(121)], usage, "a tag is at most 128 letters"],
    ["a version with a space", ["image", "--amlsdkversion", "1 2"], usage, '"amlsdk-1 2" is not a tag: a tag is'],
    ["a version with a line", ["image", "--amlsdkversion", "1\n2"], usage, "is not a tag: a tag is at most 128"],
    ["no Pulumi", ["image"], failed, "there is no Pulumi CLI on PATH. Run `npm ci` first."],
  ])("%s", (_, args, code, ...messages) => expectRefused("job-container", ["run", ...args], code, messages));
});

describe("npx job-container adopt", () => {
  const help = "See: npx job-container adopt --help";
  test.each<Row>([
    ["no file", [], usage, "missing required argument 'path'", help],
    ["two files, one of them not there", ["ci.yml", "no.yml"], usage, "no.yml does not exist", help],
    ["an empty path", [""], usage, '"" does not exist: name a pipeline\'s file', help],
    ["a file that is not there", ["no.yml"], usage, "no.yml does not exist: name a pipeline's file", help],
    ["a device", ["/dev/null"], failed, "/dev/null is not a pipeline: it has no keys", "name a pipeline's file"],
    ["a file that is no UTF-8", ["latin.yml"], failed, "latin.yml cannot be read: it is not UTF-8 text"],
    ["a list", ["list.yml"], failed, "list.yml is not a pipeline: it has no keys like jobs, steps or extends"],
    ["another kind of file", ["docker/Dockerfile"], failed, "docker/Dockerfile:8 is not a pipeline's YAML"],
    ["JSON without jobs", ["package.json"], failed, "There are no jobs in package.json"],
    ["an unknown option", ["ci.yml", "--chekc"], usage, "unknown option '--chekc'", "Did you mean --check?", help],
    ["a value for a switch", ["ci.yml", "--all=3"], usage, "unknown option '--all=3'", help],
    ["an option without its value", ["ci.yml", "--image"], usage, "option '--image <name>' argument missing", help],
    ["an empty image", ["ci.yml", "--image", ""], usage, "--image is empty: give it a name", help],
    ["an empty container", ["ci.yml", "--container", " "], usage, "--container is empty: give it a name", help],
    ["an empty endpoint", ["ci.yml", "--endpoint", ""], usage, "--endpoint is empty: give it a name", help],
    [
      "an endpoint of lines",
      ["ci.yml", "--endpoint", "a\nb: c"],
      usage,
      '--endpoint "a\\nb: c" has a control character',
    ],
    ["an endpoint that rings", ["ci.yml", "--endpoint", "a\u0007"], usage, "--endpoint ", "has a control character"],
    [
      "a container that is not there",
      ["ci.yml", "--container", "no"],
      failed,
      "is called no",
      "Choose a resource with",
    ],
    [
      "an image that is not there",
      ["ci.yml", "--image", "node"],
      failed,
      "has the image node",
      "Choose a resource with",
    ],
  ])("%s", (_, args, code, ...messages) => expectRefused("job-container", ["adopt", ...args], code, messages));
});

describe("npx job-container check conda", () => {
  const help = "See: npx job-container check conda --help";
  test.each<Row>([
    ["an argument", ["docker"], usage, "too many arguments for 'conda'. Expected 0 arguments but got 1.", help],
    ["an unknown option", ["--sovle"], usage, "unknown option '--sovle'", help],
    ["an empty path", ["--ci", ""], usage, '"" does not exist: name a conda environment file with --ci', help],
    [
      "no CI file",
      ["--fix", "--ci", "no.yml"],
      usage,
      "no.yml does not exist: name a conda environment file with --ci",
    ],
    ["no training file", ["--training", "no.yml"], usage, "no.yml does not exist", "with --training", help],
    ["no scoring file", ["--scoring", "no/no.yml"], usage, "no/no.yml does not exist", "with --scoring", help],
    ["a folder", ["--scoring", "docker"], usage, "docker cannot be read: it is a folder", "with --scoring", help],
    ["a file that is no UTF-8", ["--ci", "latin.yml"], usage, "latin.yml cannot be read: it is not UTF-8 text"],
    ["an unknown platform", ["--platform", "linux-99"], usage, "argument 'linux-99' is invalid. Allowed choices are"],
    ["an empty platform", ["--platform", ""], usage, "argument '' is invalid. Allowed choices are linux-32", help],
    ["a path for a channel", ["--conda-channel", "../x"], usage, 'channel "../x" is neither a name nor an http(s) URL'],
    ["a channel with a quote", ["--conda-channel", 'https://a.example/"x'], usage, "--conda-channel", "cannot be used"],
    ["an option without its value", ["--lock-folder"], usage, "option '--lock-folder <path>' argument missing", help],
  ])("%s", (_, args, code, ...messages) => expectRefused("job-container", ["check", "conda", ...args], code, messages));
});

describe("npx job-container check image", () => {
  const form = "Write registry/repository:tag or registry/repository@sha256:…";
  test.each<Row>([
    ["no image", [], usage, "missing required argument 'reference'", "For example: npx job-container check image "],
    ["two images", ["a", "b"], usage, "too many arguments", "For example: npx job-container check image "],
    [
      "an unknown option",
      ["a", "--all"],
      usage,
      "unknown option '--all'",
      "For example: npx job-container check image ",
    ],
    ["an unknown platform", ["a", "--platform", "windows/amd64"], usage, "argument 'windows/amd64' is invalid."],
    ["an empty reference", [""], usage, '"" is not the name of an image: it is empty', form],
    ["capitals", ["MLOps/x:1"], usage, 'the repository "MLOps/x" is not lower case', form],
    ["two tags", ["a/b:c:d"], usage, 'the tag "c:d" is not 1 to 128 letters', form],
    ["half a digest", ["a/b@sha256:12"], usage, 'the digest "sha256:12" is not sha256: with 64', form],
    ["a port that is none", ["localhost:99999/a:1"], usage, 'the registry "localhost:99999" is not a host', form],
    ["a URL", ["https://a.example/b"], usage, '"https://a.example/b" is not the name of an image', form],
    ["a path out of the repository", ["127.0.0.1:1/a/../b:1"], usage, 'the repository "a/../b" has a part that', form],
    ["a command", ["a/b:1;echo"], usage, 'the tag "1;echo" is not 1 to 128 letters', form],
    ["what looks like an option", ["--", "-x"], usage, 'the repository "-x" has a part that', form],
    [
      "a registry that does not answer",
      ["127.0.0.1:1/a/b:1"],
      usage,
      "cannot reach http://127.0.0.1:1/",
      "does it run?",
    ],
  ])("%s", (_, args, code, ...messages) => expectRefused("job-container", ["check", "image", ...args], code, messages));
});

describe("npx local-cloud start", () => {
  const ports = "is not a whole number from 1024 to 65436";
  test.each<Row>([
    ["an unknown option", ["--frob"], usage, "unknown option '--frob'"],
    ["an argument", ["extra"], usage, "too many arguments for 'start'. Expected 0 arguments but got 1."],
    ["a port that is a word", ["--port", "x"], usage, 'the base port "x" (option --port)', ports],
    ["a port that needs root", ["--port", "80"], usage, 'the base port "80" (option --port)', ports],
    ["a port that is too high", ["--port", "70000"], usage, 'the base port "70000" (option --port)', ports],
    ["a directory elsewhere", ["--directory", "/tmp/x"], failed, "the directory /tmp/x (option --directory) is not in"],
    ["a directory above", ["--directory", "../x"], failed, "(option --directory) is not in the repository"],
    ["the project's folder", ["--directory", "."], failed, "(option --directory) holds other files", "Name an empty"],
    ["a folder of another's", ["--directory", "docker"], failed, "holds other files (.dockerignore", "Name an empty"],
    ["a file", ["--directory", "Pulumi.yaml"], failed, "Pulumi.yaml (option --directory) is a file. Name a directory"],
    ["another program's settings", ["--directory", ".vscode"], failed, "is not the settings of a local cloud", "Name"],
  ])("%s", (_, args, code, ...messages) => expectRefused("local-cloud", ["start", ...args], code, messages));
});

describe("npx local-cloud", () => {
  test.each<Row>([
    ["no command", [], usage, "Usage: local-cloud [options] [command]"],
    ["an unknown command", ["frob"], usage, "unknown command 'frob'"],
    ["an unknown option", ["stop", "--all"], usage, "unknown option '--all'"],
    ["an argument too many", ["reset", "x"], usage, "too many arguments for 'reset'"],
    ["no port", ["up", "--port"], usage, "option '--port <number>' argument missing"],
    ["a negative port", ["up", "--port", "-5"], usage, 'the base port "-5" (option --port) is not a whole number'],
    ["a hexadecimal port", ["up", "--port", "0x2000"], usage, 'the base port "0x2000" (option --port)'],
    ["no command to run", ["exec"], usage, "missing required argument 'command'", "Put the command after --"],
    ["options of the command", ["exec", "pulumi", "--diff"], usage, "unknown option '--diff'", "after --, for example"],
    ["no local cloud to run it in", ["exec", "--", "true"], failed, "does not run. Start it: `npx local-cloud start`"],
    [
      "a folder of another's",
      ["--directory", "docker", "reset"],
      failed,
      "holds no local cloud",
      "Nothing was removed",
    ],
    ["a file", ["--directory", "Pulumi.yaml", "reset"], failed, "holds no local cloud", "Nothing was removed."],
    ["another's settings", ["--directory", ".vscode", "reset"], failed, "is not the settings of a local cloud"],
  ])("%s", (_, args, code, ...messages) => expectRefused("local-cloud", args, code, messages));
});

test.each<Row>([
  ["an option", ["--frob"], usage, '"--frob" is too much: this command takes only --keep-build-cache and --languages.'],
  ["an argument", ["x", "y"], usage, '"x y" is too much: this command takes only --keep-build-cache and --languages.'],
])("npm run toolchain: %s", (_, args, code, ...messages) => expectRefused("toolchain", args, code, messages));
