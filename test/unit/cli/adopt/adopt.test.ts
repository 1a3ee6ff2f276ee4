import { join } from "node:path";
import { parse } from "yaml";
import type { Wish } from "../../../../src/cli/adopt/choose";
import { changedLines, PipelineCopy } from "./pipelines/pipeline-copy";

let copy: PipelineCopy;

afterEach(() => {
  copy.remove();
});

const stock = "mcr.microsoft.com/mlops/python";

/** Lines that take the place of the stock image in a container that is a mapping. */
const inMapping = (indent: string, tag = ":latest") => [
  `-${indent}image: ${stock}${tag}`,
  `+${indent}image: $(jobContainerImage)`,
  `+${indent}endpoint: acrconnection`,
];

/** Lines that take the place of a container that is an image alone. */
const inPlaceOf = (before: string, after = before.replace(/:.*/, ":"), step = "  ") => {
  const indent = /^\uFEFF?( *)/.exec(before)?.[1] ?? "";
  return [
    `-${before}`,
    `+${after}`,
    `+${indent}${step}image: $(jobContainerImage)`,
    `+${indent}${step}endpoint: acrconnection`,
  ];
};

/** What is promised, the folder of the pipeline, and the lines that change. */
const edits: [string, string, string[], Wish?][] = [
  [
    "the image of a resource is replaced, with the endpoint below; its comment, and the image in a script, stay",
    "resource",
    [
      `-    image: ${stock}:latest  # the stock image`,
      "+    image: $(jobContainerImage)  # the stock image",
      "+    endpoint: acrconnection",
    ],
  ],
  ["an image without a tag", "no-tag", inMapping("      ", "")],
  ["an image whose tag is a variable", "tag-from-variable", inMapping("      ", ":$(tag)")],
  [
    "an image by its digest, as the first key of a resource",
    "digest",
    [
      `-    - image: ${stock}@sha256:${"0123456789abcdef".repeat(4)}`,
      "+    - image: $(jobContainerImage)",
      "+      endpoint: acrconnection",
    ],
  ],
  [
    "an endpoint that is there is replaced in its place; both keep their quotes",
    "other-endpoint",
    [
      "-      endpoint: 'mirror'  # until there is our own registry",
      `-      image: "${stock}:latest"`,
      "+      endpoint: 'acrconnection'  # until there is our own registry",
      '+      image: "$(jobContainerImage)"',
    ],
  ],
  ["other keys and empty lines stay", "more-keys", inMapping("      ")],
  [
    "an image keeps its quotes",
    "quotes",
    [`-      image: '${stock}:latest'`, "+      image: '$(jobContainerImage)'", "+      endpoint: acrconnection"],
  ],
  [
    "a folded image keeps its comment",
    "folded",
    [
      "-    image: >- # long",
      `-      ${stock}:latest`,
      "+    image: $(jobContainerImage) # long",
      "+    endpoint: acrconnection",
    ],
  ],
  [
    "Windows' line ends stay, and new lines have them",
    "windows-line-ends",
    [
      `-    image: ${stock}:latest  # stock\r`,
      "+    image: $(jobContainerImage)  # stock\r",
      "+    endpoint: acrconnection\r",
    ],
  ],
  [
    "the same, where an image becomes a mapping",
    "windows-line-ends-text",
    inPlaceOf(`  container: ${stock}:latest`).map((line) => `${line}\r`),
  ],
  ["a byte order mark stays", "byte-order-mark", inPlaceOf(`\uFEFFcontainer: ${stock}:latest`)],
  ["a file that ends without a line end does so still", "no-line-end", inPlaceOf(`container: ${stock}:latest`)],
  ["the same, where it ends in a mapping", "no-line-end-mapping", inMapping("  ")],
  [
    "a resource in brackets",
    "brackets",
    [
      `-resources: { containers: [ { container: mlops, image: ${stock}:latest , options: --init } ] }  # short`,
      "+resources: { containers: [ { container: mlops, image: $(jobContainerImage), endpoint: acrconnection , options: --init } ] }  # short",
    ],
  ],
  [
    "a resource in brackets over several lines",
    "brackets-in-lines",
    [
      `-      image: '${stock}:latest',  # stock`,
      "+      image: '$(jobContainerImage)', endpoint: acrconnection,  # stock",
    ],
  ],
  [
    "a job in brackets",
    "brackets-text",
    [
      `-- { job: test, container: "${stock}:latest", steps: [] } # short`,
      '+- { job: test, container: { image: "$(jobContainerImage)", endpoint: acrconnection }, steps: [] } # short',
    ],
  ],
  [
    "JSON stays JSON",
    "json",
    [
      `-    "containers": [{ "container": "mlops", "image": "${stock}:latest" }]`,
      '+    "containers": [{ "container": "mlops", "image": "$(jobContainerImage)", "endpoint": "acrconnection" }]',
    ],
  ],
  [
    "the same, where an image becomes a mapping",
    "json-text",
    [
      `-{ "jobs": [{ "job": "test", "container": "${stock}:latest" }] }`,
      '+{ "jobs": [{ "job": "test", "container": { "image": "$(jobContainerImage)", "endpoint": "acrconnection" } }] }',
    ],
  ],
  [
    "a job's image becomes a mapping in its place, and its comment stays in the line",
    "job-text",
    inPlaceOf(`  container: ${stock}:latest   # to be ours soon`, "  container:   # to be ours soon"),
  ],
  [
    "the image of the whole pipeline becomes a mapping, indented as the file is, in its quotes",
    "pipeline-text",
    inPlaceOf(`container: '${stock}:latest'`, "container:", "    ").map((line) => line.replace(/\$.*\)/, "'$&'")),
  ],
  [
    "a folded image that becomes a mapping keeps its comment",
    "folded-text",
    ["-container: >- # long", `-  ${stock}:latest`, ...inPlaceOf("", "container: # long").slice(1)],
  ],
  [
    "an image in a line of its own",
    "text-in-next-line",
    [`-      ${stock}:latest # stock`, "+      image: $(jobContainerImage) # stock", "+      endpoint: acrconnection"],
  ],
  ["a job's container that is a mapping", "job-mapping", inMapping("    ")],
  ["a deployment's container", "deployment", inPlaceOf(`    container: ${stock}:latest`)],
  ["a container under a condition", "conditions", inMapping("      ")],
  [
    "an image and its endpoint under a condition",
    "conditional-resource",
    [
      `-        image: ${stock}:edge`,
      "-        endpoint: mirror",
      "+        image: $(jobContainerImage)",
      "+        endpoint: acrconnection",
    ],
  ],
  ["an endpoint that is missing is added", "half-adopted", ["+    endpoint: acrconnection"]],
  ["a resource that a matrix names", "matrix", inMapping("    ")],
  ["a service that has the image too stays", "service-beside", inMapping("    ")],
  ["a service is changed if it is named", "service-only", inMapping("    "), { container: "tracking" }],
  ["one of several resources, by its name", "several-tags", inMapping("    ", ":1.0"), { container: "mlops-old" }],
  ["one of several resources, by its tag", "several-tags", inMapping("    ", ":1.0"), { image: `${stock}:1.0` }],
  ["the one that is left, by its name", "one-adopted", inMapping("    ", ":1.0"), { container: "mlops-old" }],
  [
    "all of several",
    "several-jobs",
    [
      ...inPlaceOf(`  container: ${stock}:latest`),
      ...inPlaceOf(`  container: ${stock}:latest # same`, "  container: # same"),
    ],
    { all: true },
  ],
  [
    "another image than the stock image, and an endpoint whose name needs quotes",
    "own-image",
    ["-    image: python:3.8-slim", "+    image: $(jobContainerImage)", '+    endpoint: "team: acr"'],
    { image: "python", endpoint: "team: acr" },
  ],
  [
    "a resource whose image is a variable, by its name",
    "image-as-variable",
    ["-    image: $(image)", "+    image: $(jobContainerImage)", "+    endpoint: acrconnection"],
    { container: "mlops" },
  ],
  [
    "the endpoint of the job container changes if another is named",
    "adopted",
    ["-    endpoint: ownconnection", "+    endpoint: acrconnection"],
    { endpoint: "acrconnection" },
  ],
];

test.each(edits)("%s; nothing else changes, and nothing the second time (%s)", (_, name, lines, wish = {}) => {
  copy = new PipelineCopy(name);
  const before = copy.readAll();
  copy.adopt(wish);
  const after = copy.readAll();
  const changed = [...before].flatMap(([file, text]) => changedLines(text, after.get(file) ?? ""));
  expect(changed.map((line) => line.replace(/\n$/, ""))).toEqual(lines);
  for (const [file, text] of before) expect(after.get(file)?.endsWith("\n")).toBe(text.endsWith("\n"));

  expect(copy.adopt(wish)).toContain("ci.yml uses the job container: nothing to change.");
  expect(copy.readAll()).toEqual(after);
});

test("what is JSON can still be read as JSON", () => {
  copy = new PipelineCopy("json-text");
  copy.adopt({});
  expect(JSON.parse(copy.read("ci.yml")).jobs[0].container).toEqual({
    image: "$(jobContainerImage)",
    endpoint: "acrconnection",
  });
});

describe("templates", () => {
  const becomes = `${stock}:latest is now $(jobContainerImage), pulled through acrconnection`;

  test.each([
    ["that a pipeline extends", "extends", "ci.yml", "templates/base.yml", `templates/base.yml:7  mlops: ${becomes}`],
    [
      "that get jobs, whose own templates are relative to them",
      "jobs-as-parameter",
      "ci.yml",
      "ci.yml",
      `ci.yml:7  ${becomes}`,
    ],
    [
      "on several levels, by every kind of path, included twice and in a circle",
      "nested-templates",
      "pipelines/ci.yml",
      "templates/jobs.yml",
      `templates/jobs.yml:4  ${becomes}`,
    ],
  ])("%s are read, and the file with the container is edited", (_, name, pipeline, edited, report) => {
    copy = new PipelineCopy(name);
    const before = copy.readAll();
    expect(copy.adopt({}, pipeline)).toBe(report);
    const after = copy.readAll();
    expect([...after.keys()].filter((file) => after.get(file) !== before.get(file))).toEqual([edited]);
    expect(JSON.stringify(parse(copy.read(edited)))).toContain(
      '"image":"$(jobContainerImage)","endpoint":"acrconnection"',
    );
    expect(copy.adopt({}, pipeline)).toBe(`${pipeline} uses the job container: nothing to change.`);
  });
});

test("this project's own model pipeline uses the job container", () => {
  copy = new PipelineCopy(join("../../../../..", "pipelines"));
  expect(copy.adopt({}, "model-ci.yml")).toBe("model-ci.yml uses the job container: nothing to change.");
});

describe("what stays as it is, is said", () => {
  const undecided = "its value is known only when the pipeline is compiled or runs";

  test.each([
    [
      "service-beside",
      "ci.yml:6  tracking is left as it is: it is a service (ci.yml:13); --container tracking changes it",
    ],
    ["some-as-parameter", `job.yml:7  \${{ parameters.image }} is left as it is: ${undecided}`],
    [
      "some-as-parameter",
      `ci.yml:6  ${stock}:latest is left as it is: a container gets it as a value: edit that container's image and endpoint by hand`,
    ],
    ["other-repository", "ci.yml:10  base.yml@shared was not read: it is in another repository"],
    ["other-repository", "ci.yml:13  jobs.yml was not read: it is relative to base.yml@shared, which was not read"],
    ["template-by-expression", `ci.yml:3  \${{ parameters.kind }}.yml was not read: its path is an expression`],
  ])("%s", (name, line) => {
    copy = new PipelineCopy(name);
    const [first, ...rest] = copy.adopt({}).split("\n");
    expect(first).toMatch(/is now \$\(jobContainerImage\), pulled through acrconnection$/);
    expect(rest).toContain(line);
  });
});
