import { change, resource, stock } from "./pipelines/change";

const inMapping = [`-      image: ${stock}`, "+      image: $(jobContainerImage)", "+      endpoint: acrconnection"];

describe("an image that is a value of a job's container becomes the name of a resource", () => {
  const matrix = (container: string, image = stock) =>
    `jobs:\n- job: a\n  strategy:\n    matrix:\n      old: {image: python:3.7}\n      new:\n        image: ${image}  # ours\n  container: ${container}\n  steps: []\n`;

  test.each<[string, string, string[]]>([
    [
      "of a matrix",
      matrix("$[ variables['image'] ]"),
      [`-        image: ${stock}  # ours`, "+        image: jobcontainer  # ours"],
    ],
    [
      "of a matrix, with a dot",
      matrix("$[variables.image]"),
      [`-        image: ${stock}  # ours`, "+        image: jobcontainer  # ours"],
    ],
    [
      "of a matrix in brackets",
      `jobs:\n- job: a\n  strategy: {matrix: {new: {Image: '${stock}:1'}}}\n  container: $[ variables['image'] ]\n  steps: []\n`,
      [`-  strategy: {matrix: {new: {Image: '${stock}:1'}}}`, "+  strategy: {matrix: {new: {Image: 'jobcontainer'}}}"],
    ],
    [
      "of a variable",
      `variables:\n- name: image\n  value: ${stock}\njobs:\n- job: a\n  container: $[ variables['image'] ]\n  steps: []\n`,
      [`-  value: ${stock}`, "+  value: jobcontainer"],
    ],
    [
      "of a parameter's default",
      `parameters:\n- name: image\n  default: ${stock}\njobs:\n- job: a\n  container: \${{ parameters.image }}\n  steps: []\n`,
      [`-  default: ${stock}`, "+  default: jobcontainer"],
    ],
  ])("%s", (_, text, expected) => {
    const { lines, said } = change(text);
    expect(lines.filter((line) => !resource.includes(line))).toEqual(expected);
    expect(lines).toEqual(expect.arrayContaining(resource));
    expect(said).toEqual([
      "ci.yml  jobcontainer is now a container resource: $(jobContainerImage), pulled through acrconnection",
      expect.stringMatching(
        /^ci\.yml:\d+ {2}mcr\.microsoft\.com\S* is now jobcontainer, the name of the container resource$/,
      ),
    ]);
  });

  test("of a parameter that a template's job gets, in the pipeline", () => {
    const { lines } = change({
      "ci.yml": `jobs:\n- template: job.yml\n  parameters:\n    image: ${stock}\n`,
      "job.yml": `parameters:\n- name: image\njobs:\n- job: a\n  container: \${{ parameters['image'] }}\n  steps: []\n`,
    });
    expect(lines).toEqual([...resource, `-    image: ${stock}`, "+    image: jobcontainer"]);
  });

  test("not of a parameter's default in a template, which other pipelines have as well", () => {
    const job = `parameters:\n- name: image\n  default: ${stock}\njobs:\n- job: a\n  container: \${{ parameters.image }}\n  steps: []\n`;
    expect(change({ "ci.yml": "jobs:\n- template: job.yml\n", "job.yml": job })).toEqual({
      lines: [],
      said: [
        `job.yml:3: ${stock} is a value in a template, whose other pipelines may have no such container resource: give it to the template in ci.yml, as a parameter`,
      ],
    });
  });

  test("the resource that is the job container already is taken", () => {
    const own = "resources:\n  containers:\n  - container: lab\n    image: $(jobContainerImage)\n    endpoint: team\n";
    expect(change(own + matrix("$[ variables['image'] ]"), { image: stock }).lines).toEqual([
      `-        image: ${stock}  # ours`,
      "+        image: lab  # ours",
    ]);
  });

  test("two legs with the image have to be meant", () => {
    const text = matrix("$[ variables['image'] ]").replace("python:3.7", `${stock}:1`);
    expect(change(text)).toEqual({
      lines: [],
      said: expect.arrayContaining(["several containers of ci.yml could be meant:"]),
    });
    expect(change(text, { all: true }).lines).toHaveLength(resource.length + 4);
  });

  test.each<[string, string, string]>([
    [
      "a value that a script uses too",
      matrix("$[ variables['image'] ]").replace("steps: []", "steps: [{script: docker pull $(image)}]"),
      `ci.yml:7: ${stock} is the value of image, which is used elsewhere too (ci.yml:9): give the container a variable of its own`,
    ],
    [
      "a value that a script has from its environment",
      matrix("$[ variables['image'] ]").replace("steps: []", "steps: [{bash: docker pull $IMAGE}]"),
      `ci.yml:7: ${stock} is the value of image, which is used elsewhere too (ci.yml:9): give the container a variable of its own`,
    ],
    [
      "one of the values that a parameter may have",
      `parameters:\n- name: image\n  default: ${stock}\n  values: [${stock}, python:3.8]\njobs:\n- job: a\n  container: \${{ parameters.image }}\n  steps: []\n`,
      `ci.yml:3: ${stock} is one of the values that the parameter image may have: add the container's name there`,
    ],
    [
      "a pipeline that can have no container resource",
      `resources:\n- repo: self\n${matrix("$[ variables['image'] ]")}`,
      `ci.yml:9: ${stock} needs a container resource, and the resources of ci.yml are no mapping: write them as one`,
    ],
  ])("%s is not changed", (_, text, message) => {
    expect(change(text)).toEqual({ lines: [], said: [message] });
  });

  test.each([
    ["`$(image)`, which the agent expands when it pulls", "$(image)"],
    ["the image of a mapping, which is not expanded", "{image: \"$[ variables['image'] ]\"}"],
  ])("not in %s: the message says how it can be", (_, container) => {
    const { lines, said } = change(matrix(container));
    expect(lines).toEqual([]);
    expect(said).toContain(
      `ci.yml:7  ${stock}: a container gets it as a value (ci.yml:8): write container: $[ variables['image'] ] there, which can be a resource's name, and use this command again`,
    );
  });
});

describe("`container: {alias: name}` is the name of a resource", () => {
  const lab = `resources:\n  containers:\n    - container: lab\n      image: ${stock}\n`;

  test.each([
    ["of a job", "jobs:\n- job: a\n  container: {alias: lab}\n  steps: []\n"],
    ["of the pipeline's steps, in another case", "container:\n  alias: LAB\nsteps: []\n"],
    [
      "of a deployment",
      "jobs:\n- deployment: a\n  container:\n    alias: lab # ours\n  strategy: {runOnce: {deploy: {steps: []}}}\n",
    ],
    ["of the queue of steps", "queue:\n  name: q\n  container: lab\nsteps: []\n"],
    ["of a phase", "phases:\n- phase: a\n  queue: {name: q, container: lab}\n  steps: []\n"],
  ])("%s", (_, text) => {
    expect(change(lab + text)).toEqual({
      lines: inMapping,
      said: [`ci.yml:4  lab: ${stock} is now $(jobContainerImage), pulled through acrconnection`],
    });
  });

  test("of one that is not known: it is no image", () => {
    expect(change("jobs:\n- job: a\n  container: {alias: lab}\n  steps: []\n").said[0]).toBe(
      `no container of ci.yml's jobs has the image ${stock}`,
    );
    expect(change("jobs:\n- job: a\n  container: {alias: lab}\n  steps: []\n", { image: "lab" }).lines).toEqual([]);
  });

  test("of a service too: it is not changed", () => {
    const text = `${lab}jobs:\n- job: a\n  container: {alias: Lab}\n  services: {s: lab}\n  steps: []\n`;
    expect(change(text).said[0]).toContain("lab is what a job runs in (ci.yml:7) and a service (ci.yml:8)");
  });
});

describe("phases, which jobs were once, are read", () => {
  test("the containers of their steps and resources", () => {
    const text = `resources:\n  containers:\n    - container: lab\n      image: ${stock}\nphases:\n- phase: a\n  steps: [{script: a, target: lab}]\n`;
    expect(change(text).lines).toEqual(inMapping);
  });

  test("an image where a phase names its container is not changed: a name belongs there", () => {
    const text = `phases:\n- phase: a\n  queue:\n    container: ${stock}\n  steps: []\n`;
    expect(change(text)).toEqual({
      lines: [],
      said: [
        "ci.yml:4: the container is an image where only the name of a container resource may be: make it one, and write its name",
      ],
    });
  });

  test("their templates", () => {
    const files = {
      "ci.yml": "phases:\n- template: a.yml\n",
      "a.yml": `resources:\n  containers:\n    - container: lab\n      image: ${stock}\n`,
    };
    expect(change(files).lines).toEqual(inMapping);
  });

  test("a pipeline of phases without a container: the message lists them", () => {
    expect(change("phases:\n- phase: build\n  steps: []\n").said).toEqual([
      `no container of ci.yml's jobs has the image ${stock}`,
      "jobs without a container:",
      "  ci.yml:2  build gets none: it is a phase, which takes no container of its own: write jobs instead of phases",
      "None of them can have one.",
    ]);
  });
});

describe("a job in a template's list of jobs is one, however its steps are written", () => {
  const pipeline = (job: string[]) =>
    [
      "extends:",
      "  template: base.yml@shared",
      "  parameters:",
      "    jobs:",
      ...job.map((line) => `    ${line}`),
      "",
    ].join("\n");
  const becomes = (indent: string) => [
    `-${indent}container: ${stock}`,
    `+${indent}container:`,
    `+${indent}  image: $(jobContainerImage)`,
    `+${indent}  endpoint: acrconnection`,
  ];

  test.each<[string, string[], string[]]>([
    ["under a condition", ["- job: a", `  container: ${stock}`, `  \${{ if x }}:`, "    steps: []"], becomes("      ")],
    [
      "under one condition in another",
      ["- job: a", `  container: ${stock}`, `  \${{ if x }}:`, `    \${{ if y }}:`, "      steps: []"],
      becomes("      "),
    ],
    [
      "with the job itself under one",
      [`- \${{ if x }}:`, "  - job: a", `    container: ${stock}`, "    steps: []"],
      becomes("        "),
    ],
    [
      "with the container under one",
      ["- job: a", `  \${{ if x }}:`, `    container: ${stock}`, "    steps: []"],
      becomes("        "),
    ],
    [
      "in a strategy under one",
      ["- deployment: a", `  container: ${stock}`, `  \${{ if x }}:`, "    strategy: {}"],
      becomes("      "),
    ],
  ])("%s", (_, job, lines) => {
    const { lines: changed, said } = change(pipeline(job));
    expect(changed).toEqual(lines);
    expect(said.at(-1)).toBe("ci.yml:2  base.yml@shared was not read: it is in another repository");
  });

  test("data that only looks like a job is none: nothing is changed, and it is said once", () => {
    const { lines, said } = change(pipeline(["- job: a", `  container: ${stock}`]));
    expect(lines).toEqual([]);
    expect(said).toEqual([
      `no container of ci.yml's jobs has the image ${stock}`,
      `ci.yml:6  ${stock}: a container gets it as a value: edit that container's image and endpoint by hand`,
      "ci.yml:2  base.yml@shared was not read: it is in another repository",
      "Use this command on the templates that were not read, where they are.",
    ]);
  });
});

test("an image with a YAML tag is not changed: the tag would go for the mapping", () => {
  expect(change(`container: !!str ${stock}\nsteps: []\n`)).toEqual({
    lines: [],
    said: ["ci.yml:1: the container has a YAML tag at its container (tag:yaml.org,2002:str): remove it"],
  });
});
