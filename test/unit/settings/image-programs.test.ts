import { platforms } from "../../../src/common/platforms";
import { programsInImage } from "../../../src/settings/image-programs";

const conda = (...dependencies: string[]) => `channels: [conda-forge]\ndependencies: [python, ${dependencies}]\n`;
const url = "https://conda.anaconda.org/conda-forge/noarch/azure-cli-2.80.0-pyhd8ed1ab_0.conda";
const lock = `# channels: x\n# digest: x\n# platform: linux-64\n@EXPLICIT\n${url}\n`;

test.each<[string, Record<string, string>, string[]]>([
  ["conda's package", { "ci.yml": conda("azure-cli=2.80") }, ["az"]],
  ["pip's", { "ci.yml": conda("{pip: [Azure_CLI==2.80.0]}") }, ["az"]],
  ["one that the lock has", { "ci.yml": conda("lab-tools"), "locks/ci.linux-64.lock": lock }, ["az"]],
  [
    "one that the other platform's lock has",
    { "ci.yml": conda("lab-tools"), "locks/ci.linux-aarch64.lock": lock.replace("linux-64", "linux-aarch64") },
    ["az"],
  ],
  ["none", { "ci.yml": conda("azure-cli-core") }, []],
  [
    "a package of Debian",
    { Dockerfile: "FROM a\nRUN apt-get update \\\n && apt-get install -y git azure-cli sudo\n" },
    ["az", "sudo"],
  ],
  ["Microsoft's script", { Dockerfile: "FROM a\nRUN curl -sL https://aka.ms/InstallAzureCLIDeb | bash\n" }, ["az"]],
  ["another stage's", { Dockerfile: "FROM a AS b\nRUN apt-get install azure-cli\nFROM a\n" }, []],
  [
    "what only mentions it",
    { Dockerfile: "FROM a\n# azure-cli\nRUN sudo apt-get install git\nLABEL x=azure-cli\n" },
    [],
  ],
  ["no file", {}, []],
])("the programs that an image has are known by its definition: %s", (_, files, programs) => {
  const definition = { dockerfile: "Dockerfile", condaFile: "ci.yml", lockFolder: "locks", platforms: [...platforms] };
  expect(programsInImage(definition, (path) => files[path])).toEqual(programs);
});
