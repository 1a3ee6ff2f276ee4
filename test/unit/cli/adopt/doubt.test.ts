import type { Wish } from "../../../../src/cli/adopt/choose";
import { PipelineCopy } from "./pipelines/pipeline-copy";

let copy: PipelineCopy;

afterEach(() => {
  copy.remove();
});

const stock = "mcr.microsoft.com/mlops/python";
const undecided = "its value is known only when the pipeline is compiled or runs";
const choose = "Choose a resource with --container <alias>, or an image with --image <name>.";
const byHand = "a container gets it as a value: edit that container's image and endpoint by hand";

/** How a pipeline's only job without a container gets one. */
const giveJob = (place: string, name: string) => [
  "jobs without a container:",
  `  ${place}  ${name}`,
  "Give them the job container with:",
  `  npx job-container adopt ci.yml --job ${name}`,
];

/** What is in doubt, the folder of the pipeline, and the message's lines. */
const doubts: [string, string, string[], Wish?][] = [
  [
    "several resources with the image",
    "several-tags",
    [
      "several containers of ci.yml could be meant:",
      `  ci.yml:4  mlops      ${stock}:latest`,
      `  ci.yml:6  mlops-old  ${stock}:1.0`,
      "Choose a resource with --container <alias>, an image with --image <name:tag>, or all of them with --all.",
    ],
  ],
  [
    "several jobs with the image",
    "several-jobs",
    [
      "several containers of ci.yml could be meant:",
      `  ci.yml:3  ${stock}:latest`,
      `  ci.yml:5  ${stock}:latest`,
      "Choose all of them with --all.",
    ],
  ],
  [
    "one that uses the job container, and one that does not",
    "one-adopted",
    [
      "several containers of ci.yml could be meant:",
      "  ci.yml:4  mlops      $(jobContainerImage)",
      `  ci.yml:7  mlops-old  ${stock}:1.0`,
      "Choose a resource with --container <alias>, an image with --image <name:tag>, or all of them with --all.",
    ],
  ],
  [
    "one name for two images",
    "conditional-resource",
    [
      "several containers of ci.yml could be meant:",
      "  ci.yml:5   mlops  python:3.7",
      `  ci.yml:9   mlops  ${stock}:edge`,
      "  ci.yml:12  mlops  python:3.12",
      "Choose an image with --image <name:tag>, or all of them with --all.",
    ],
    { container: "mlops" },
  ],
  [
    "images that look like it: another registry, none, a longer name, a port",
    "other-registries",
    [
      `no container of ci.yml's jobs has the image ${stock}:`,
      "  ci.yml:4   copy    example.azurecr.io/mlops/python:latest",
      "  ci.yml:7   nohost  mlops/python:latest",
      `  ci.yml:9   longer  ${stock}-gpu:latest`,
      `  ci.yml:11  port    ${stock}:5000/other`,
      choose,
    ],
  ],
  [
    "another tag than the one that is named",
    "several-tags",
    [
      `no container of ci.yml's jobs has the image ${stock}:2.0:`,
      `  ci.yml:4  mlops      ${stock}:latest`,
      `  ci.yml:6  mlops-old  ${stock}:1.0`,
      choose,
    ],
    { image: `${stock}:2.0` },
  ],
  [
    "a name that no resource has",
    "own-image",
    [
      "no container of ci.yml's jobs is called mlops and has the image node:",
      "  ci.yml:4  train  python:3.8-slim",
      "  ci.yml:6  docs   node:20",
      choose,
    ],
    { container: "mlops", image: "node" },
  ],
  [
    "no container at all",
    "none",
    [`no container of ci.yml's jobs has the image ${stock}`, ...giveJob("ci.yml:3", "Job")],
  ],
  [
    "a task's inputs are no container",
    "task-inputs",
    [`no container of ci.yml's jobs has the image ${stock}`, ...giveJob("ci.yml:1", "Job")],
  ],
  [
    "a template in another repository",
    "only-elsewhere",
    [
      `no container of ci.yml's jobs has the image ${stock}`,
      "ci.yml:2  base.yml@shared was not read: it is in another repository",
      "Use this command on the templates that were not read, where they are.",
    ],
  ],
  [
    "an image that is a parameter",
    "image-as-parameter",
    [
      `no container of ci.yml's jobs has the image ${stock}:`,
      `  ci.yml:8  \${{ parameters.image }} (${undecided})`,
      `ci.yml:4  ${stock}:latest: ${byHand}`,
      choose,
    ],
  ],
  [
    "an image that is a variable",
    "image-as-variable",
    [
      `no container of ci.yml's jobs has the image ${stock}:`,
      `  ci.yml:6  mlops  $(image) (${undecided})`,
      `ci.yml:2  ${stock}:latest: ${byHand}`,
      choose,
    ],
  ],
  [
    "a service only",
    "service-only",
    [
      `no container of ci.yml's jobs has the image ${stock}:`,
      `  ci.yml:4  tracking  ${stock}:latest (a service, ci.yml:6)`,
      choose,
      ...giveJob("ci.yml:7", "Job"),
    ],
  ],
  [
    "a resource that is a job's container and a service",
    "service-and-job",
    [
      "ci.yml:4: mlops is what a job runs in (ci.yml:7) and a service (ci.yml:9): give the job one of its own, or change both with --container mlops",
    ],
  ],
  [
    "a resource that is a step's target and a service",
    "step-target",
    [
      "ci.yml:4: mlops is what a job runs in (ci.yml:9) and a service (ci.yml:6): give the job one of its own, or change both with --container mlops",
    ],
  ],
  [
    "a resource without an image",
    "registry-resource",
    ["ci.yml:3: mlops has no image to replace: give it an image, and take away what names its registry and repository"],
    { container: "mlops" },
  ],
  [
    "an image that is not pulled",
    "local-image",
    ["ci.yml:4: mlops has localImage (ci.yml:5), so that the agent would not pull the image: remove that line"],
  ],
  [
    "an endpoint without a value",
    "empty-endpoint",
    ["ci.yml:2: the container has an endpoint without a value (ci.yml:3): remove that line"],
  ],
  [
    "an endpoint under a condition of its own",
    "split-by-condition",
    [
      "ci.yml:2: the container has its endpoint under another condition than its image: write each image with its endpoint",
    ],
  ],
];

test.each(doubts)("%s: nothing is changed, and the message says what to do (%s)", (_, name, message, wish = {}) => {
  copy = new PipelineCopy(name);
  const before = copy.readAll();
  expect(copy.adopt(wish).split("\n")).toEqual(message);
  expect(copy.readAll()).toEqual(before);
});

test.each([
  ["duplicate-keys", "ci.yml:2 is not a pipeline's YAML: Map keys must be unique"],
  ["several-documents", "ci.yml:2 is not a pipeline's YAML: it has several documents, and Azure Pipelines reads one"],
  ["not-yaml", "ci.yml:3 is not a pipeline's YAML: Flow sequence in block collection must be sufficiently indented"],
  ["tabs", "ci.yml:3 is not a pipeline's YAML: Tabs are not allowed as indentation"],
  ["empty", "ci.yml is not a pipeline: it has no keys like jobs, steps or extends; name a pipeline's file"],
  ["a-list", "ci.yml is not a pipeline: it has no keys like jobs, steps or extends; name a pipeline's file"],
  ["broken-template", "templates/steps.yml:3 is not a pipeline's YAML: "],
  ["template-outside", "ci.yml:2 includes ../../steps.yml, which is outside of the repository ("],
])("a file that cannot be read is named, with the line: %s", (name, message) => {
  copy = new PipelineCopy(name);
  const before = copy.readAll();
  let error: unknown;
  try {
    copy.adopt({});
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toMatchObject({ name: "UserError" });
  expect(copy.shorten(String(error))).toContain(`UserError: ${message}`);
  expect(copy.readAll()).toEqual(before);
});
