import { readFileSync } from "node:fs";
import { join } from "node:path";
import { mirrorAmong } from "../../../../local-cloud/base-image/mirror";

const project = join(__dirname, "../../../..");
const dockerfile = readFileSync(join(project, "docker/Dockerfile"), "utf8");
const installer = readFileSync(join(project, "local-cloud/base-image/micromamba.py"), "utf8");

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
  it("knows every command and option that the Dockerfile uses", () => {
    const commands = [...dockerfile.matchAll(/^[^#]*\bmicromamba ([a-z].*)$/gm)].map(([, words = ""]) =>
      words.split(" "),
    );
    expect(commands).not.toHaveLength(0);
    for (const [command, ...words] of commands)
      for (const name of [command, ...words.filter((word) => word.startsWith("-"))])
        expect(installer).toContain(`"${name}"`);
  });
});
