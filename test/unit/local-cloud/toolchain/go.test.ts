import { compareVersions, explainGoFailure, newsOf, requiredGo } from "../../../../local-cloud/toolchain/go";

describe("Go's version", () => {
  test("that a module needs is in its go.mod", () => {
    expect(requiredGo("module a\n\ngo 1.26.8\n\nrequire b v1.0.0\n")).toBe("1.26.8");
  });

  test.each([
    ["go1.26.8", "1.26.8", 0],
    ["go1.26", "1.26.0", 0],
    ["go1.9.7", "1.26", -1],
    ["go1.26.10", "1.26.8", 1],
    ["go1.27rc1", "1.26.8", 1],
    ["go2.0", "1.26.8", 1],
    ["devel +abc", "1.26.8", -1],
  ])("%s compared with %s is %d", (a, b, sign) => {
    expect(Math.sign(compareVersions(a, b))).toBe(sign);
  });
});

describe("what Go says", () => {
  test("is news when it downloads a module or has compiled a package", () => {
    expect(newsOf("go: downloading golang.org/x/net v0.1.0")).toBe("downloading");
    expect(newsOf("github.com/moby/buildkit/cmd/buildkitd")).toBe("compiled");
    expect(newsOf("go: golang.org/x/net@v0.1.0: unexpected EOF")).toBeUndefined();
  });

  const after = ["go: downloading a.test/b v1.0.0", "net/http"];
  test.each([
    ['go: a.test/b@v1.0.0: Get "https://proxy.test/b": unexpected EOF', /cut off.*it goes on from where it was/],
    ["go: a.test/b@v1.0.0: dial tcp 127.0.0.1:1: connect: connection refused", /out of reach/],
    ["go: a.test/b@v1.0.0: reading https://proxy.test/b: 502 Bad Gateway", /out of reach/],
    ["go: a.test/b@v1.0.0: reading https://proxy.test/b: 404 Not Found", /not served.*GOPROXY/],
    ["verifying a.test/b@v1.0.0: checksum mismatch", /not the one that go.sum names/],
    ["write /tmp/go-link-1/go.o: no space left on device", /disk is full.*8 GB/],
    ["net/http: /usr/lib/go/compile: signal: killed", /out of memory/],
    ["./main.go:3:1: syntax error", /Go reported an error/],
  ])("%s", (line, explanation) => {
    const text = explainGoFailure({ lines: [...after, line], code: 1 });
    expect(text).toMatch(explanation);
    expect(text).toContain(`\n    ${line}`);
    expect(text).not.toContain("downloading");
  });

  test("is shortened to its last lines", () => {
    const lines = Array.from({ length: 100 }, (_, i) => `./main.go:${i}:1: mistake`);
    expect(explainGoFailure({ lines, code: 1 }).split("\n")).toHaveLength(11);
  });

  test("may be nothing: it could not be started, or was killed", () => {
    expect(explainGoFailure({ lines: [], code: "SIGKILL" })).toMatch("Go did not end by itself (SIGKILL)");
  });
});
