import { readFileSync } from "node:fs";
import { join } from "node:path";
import { mirrorAmong } from "../../sandbox/base-image/mirror";

const project = join(__dirname, "../..");
const dockerfile = readFileSync(join(project, "docker/Dockerfile"), "utf8");
const installer = readFileSync(join(project, "sandbox/base-image/micromamba.py"), "utf8");

describe("the base image's Debian mirror", () => {
  it("is the first that apt knows for Debian's main component", () => {
    const targets = [
      "Example|Example|main|https://example.org/apt",
      "Debian|Debian|non-free|http://mirror.example/debian",
      "Debian|Debian|main|http://mirror.example/debian",
      "Debian|Debian|main|http://other.example/debian",
    ];
    expect(mirrorAmong(targets)).toBe("http://mirror.example/debian");
  });

  it("is not the one for security updates, which holds no whole system", () => {
    expect(mirrorAmong(["Debian|Debian-Security|main|http://mirror.example/debian-security"])).toBeUndefined();
  });

  it("is unknown on a system that is not Debian", () => {
    expect(mirrorAmong(["Ubuntu|Ubuntu|main|http://mirror.example/ubuntu"])).toBeUndefined();
  });
});

describe("the base image's installer", () => {
  it("knows the command and every option that the Dockerfile uses", () => {
    const command = /micromamba (\w+) (.*)/.exec(dockerfile) ?? [];
    const options = command[2]?.match(/--[a-z-]+/g) ?? [];
    expect(options).not.toHaveLength(0);
    for (const name of [command[1], ...options]) expect(installer).toContain(`"${name}"`);
  });
});

describe("the Dockerfile", () => {
  it("takes its base image and its channel from build arguments", () => {
    expect(dockerfile).toMatch(/^ARG BASE_IMAGE=\S+:\S+\nFROM \$\{BASE_IMAGE\}$/m);
    expect(dockerfile).toMatch(/^ARG CONDA_CHANNEL=conda-forge$/m);
  });

  it("makes what a job container must be: root, no entry point, the environment first on PATH", () => {
    const last = (name: string) => dockerfile.match(new RegExp(`^${name} .*$`, "gm"))?.at(-1);
    expect(last("USER")).toBe("USER root");
    expect(last("ENTRYPOINT")).toBe("ENTRYPOINT []");
    expect(last("ENV")).toBe(`ENV PATH=/opt/environment/bin:$\{PATH}`);
  });

  it("needs no frontend image", () => {
    expect(dockerfile).not.toMatch(/^#\s*syntax\s*=/im);
  });
});
