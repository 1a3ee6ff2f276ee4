import { baseImageNotes } from "../../../../local-cloud/start/base-image";
import { basesOf } from "../../../../local-cloud/start/dockerfile";

const bases = (...lines: string[]) => basesOf(lines.join("\n"));

test.each<[string, string[], ReturnType<typeof basesOf>]>([
  ["an image", ["FROM python:3.11"], { argument: undefined, others: ["python:3.11"] }],
  ["the argument", ["ARG BASE_IMAGE=a/b:1", `FROM \${BASE_IMAGE}`], { argument: "a/b:1", others: [] }],
  ["the argument in short", ["ARG BASE_IMAGE='a/b:1'", "FROM $BASE_IMAGE AS x"], { argument: "a/b:1", others: [] }],
  ["the argument without default", ["ARG BASE_IMAGE", "FROM $BASE_IMAGE"], { argument: "", others: [] }],
  ["another argument", ["ARG TAG=1", `FROM a/b:\${TAG} AS x`], { argument: undefined, others: ["a/b:1"] }],
  ["a stage", ["FROM a AS One", "FROM one", "FROM scratch"], { argument: undefined, others: ["a"] }],
  ["an image for a platform", ["FROM --platform=linux/amd64 a"], { argument: undefined, others: ["a"] }],
  [
    "an argument of a stage",
    ["FROM a", "ARG BASE_IMAGE=b", "FROM $BASE_IMAGE"],
    { argument: undefined, others: ["a", "$BASE_IMAGE"] },
  ],
  ["lines that go on", ["FROM \\", "  # why", "  a"], { argument: undefined, others: ["a"] }],
  [
    "text of a script",
    ["FROM a", "RUN <<EOF", "from b import c", "EOF", "FROM d"],
    { argument: undefined, others: ["a", "d"] },
  ],
  ["nothing", [""], { argument: undefined, others: [] }],
])("%s is what a Dockerfile starts from", (_, lines, expected) => {
  expect(bases(...lines)).toEqual(expected);
});

describe("what is said about it", () => {
  const notes = (argument: string | undefined, others: string[] = [], setting?: string) =>
    baseImageNotes("docker/Dockerfile", { argument, others }, setting);

  test.each(["mambaorg/micromamba:2.6.1-debian12-slim", "docker.io/mambaorg/micromamba@sha256:0", ""])(
    "nothing of %j, which the local cloud has",
    (image) => expect(notes(image)).toEqual([]),
  );

  test("that another base image is replaced", () => {
    expect(notes("ubuntu:24.04")).toEqual([
      "docker/Dockerfile starts from the local cloud's mambaorg/micromamba here, not from ubuntu:24.04, which is on the internet.",
    ]);
    expect(notes("mambaorg/micromamba:2", [], "ubuntu:24.04")).toEqual([
      expect.stringContaining("not from ubuntu:24.04"),
    ]);
  });

  test("that one which is written into it comes from the internet, and what would change that", () => {
    expect(notes(undefined, ["ubuntu:24.04"])).toEqual([
      expect.stringMatching(
        /starts from ubuntu:24\.04, which the local cloud does not have.*ARG BASE_IMAGE=ubuntu:24\.04/,
      ),
    ]);
  });
});
