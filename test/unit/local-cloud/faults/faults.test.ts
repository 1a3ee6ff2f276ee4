import { createServer, request, type Server } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { faultControl } from "../../../../local-cloud/faults/control";
import { Faults } from "../../../../local-cloud/faults/faults";
import { random } from "../../../../local-cloud/faults/random";
import { type FaultRule, faultRule } from "../../../../local-cloud/faults/rule";

const answerText = "an answer of some length";
let faults: Faults;
let server: Server;
let port: number;
/** The requests that were worked on. */
let worked: string[];

beforeEach(async () => {
  faults = new Faults();
  worked = [];
  server = createServer((incoming, response) => {
    worked.push(`${incoming.method} ${incoming.url}`);
    response.writeHead(200, { "content-length": String(answerText.length) });
    response.end(answerText);
  });
  faults.guard(server, "registry:one");
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("no port");
  port = address.port;
});
afterEach(async () => {
  faults.remove();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

interface Answer {
  status: number;
  retryAfter: string | undefined;
  text: string;
}

/** Sends a request, and rejects if the answer does not come, or not as a whole. */
function call(path = "/", method = "GET"): Promise<Answer> {
  return new Promise((resolve, reject) => {
    request({ host: "127.0.0.1", port, path, method, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        text += chunk;
      });
      response.on("error", reject);
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, retryAfter: response.headers["retry-after"], text }),
      );
    })
      .on("error", reject)
      .end();
  });
}

test("how late what was made is known is said, and no request meets it", async () => {
  expect(faults.lateness()).toBe(0);
  const late = faultRule.parse({ service: "azure", fault: { kind: "late", milliseconds: 5000 } });
  const { id } = faults.add({ ...late, service: "registry:one" });
  expect(faults.lateness()).toBe(5000);
  expect((await call()).text).toBe(answerText);
  expect(faults.list()).toMatchObject([{ seen: 0, hit: 0 }]);
  faults.remove(id);
  expect(faults.lateness()).toBe(0);
});

const rule = (fault: FaultRule["fault"], more: Partial<FaultRule> = {}): FaultRule => ({
  service: "registry:one",
  fault,
  ...more,
});
const fine = { status: 200, retryAfter: undefined, text: answerText };

test("without a rule, requests are answered as ever", async () => {
  expect(await call()).toEqual(fine);
  expect(faults.list()).toEqual([]);
});

describe("what a request meets", () => {
  test.each([429, 500, 503] as const)("%d, without the work being done", async (status) => {
    faults.add(rule({ kind: "status", status, retryAfter: 7 }));
    const answer = await call();
    expect(answer).toMatchObject({ status, retryAfter: "7" });
    expect(JSON.parse(answer.text)).toEqual({ errors: [{ code: expect.any(String), message: expect.any(String) }] });
    expect(worked).toEqual([]);
  });

  test.each([
    ["a reset connection, without the work being done", "reset", []],
    ["a lost answer, after the work was done", "lost", ["GET /"]],
    ["an answer that is cut short, after the work was done", "truncate", ["GET /"]],
  ] as const)("%s", async (_, kind, done) => {
    faults.add(rule({ kind }));
    await expect(call()).rejects.toMatchObject({ code: "ECONNRESET" });
    expect(worked).toEqual(done);
  });

  test.each([
    ["no answer, without the work being done", "hang", []],
    ["no answer, after the work was done", "withheld", ["GET /"]],
  ] as const)("%s, until the rule is removed", async (_, kind, done) => {
    const { id } = faults.add(rule({ kind }));
    const call1 = call().catch((error: Error) => error);
    while (faults.list()[0]?.hit === 0) await sleep(1);
    expect(worked).toEqual(done);
    faults.remove(id);
    expect(await call1).toMatchObject({ code: "ECONNRESET" });
    expect(await call()).toEqual(fine);
  });

  test("an answer that comes late, and whole", async () => {
    faults.add(rule({ kind: "slow", milliseconds: 1 }));
    expect(await call()).toEqual(fine);
  });
});

describe("which requests meet it", () => {
  test("those of the service, the method and the path", async () => {
    const where = { method: "PUT", path: "/v2/[^/]+/manifests/.*\\?x=1$" };
    faults.add(rule({ kind: "status", status: 500 }, where));
    faults.add({ ...rule({ kind: "reset" }), service: "registry:other" });
    expect((await call("/v2/a/manifests/latest?x=1", "PUT")).status).toBe(500);
    expect((await call("/v2/a/manifests/latest?x=1", "GET")).status).toBe(200);
    expect((await call("/v2/a/b/manifests/latest?x=1", "PUT")).status).toBe(200);
    expect(faults.list()).toMatchObject([
      { seen: 1, hit: 1 },
      { seen: 0, hit: 0 },
    ]);
  });

  test("the first so many", async () => {
    faults.add(rule({ kind: "status", status: 503 }, { when: { first: 2 } }));
    const statuses = [];
    for (let n = 0; n < 4; n++) statuses.push((await call()).status);
    expect(statuses).toEqual([503, 503, 200, 200]);
    expect(faults.list()).toMatchObject([{ seen: 4, hit: 2 }]);
  });

  test("some at random, the same for the same seed", async () => {
    const statuses = async (seed: number) => {
      faults.remove();
      faults.add(rule({ kind: "status", status: 503 }, { when: { probability: 0.5, seed } }));
      const found = [];
      for (let n = 0; n < 20; n++) found.push((await call()).status);
      return found.join();
    };
    const first = await statuses(1);
    expect(first).toContain("200");
    expect(first).toContain("503");
    expect(await statuses(1)).toBe(first);
    expect(await statuses(2)).not.toBe(first);
  });

  test("at random means about as often as was asked for", () => {
    const next = random(7);
    const hits = Array.from({ length: 10_000 }, next).filter((number) => number < 0.3).length;
    expect(hits).toBeGreaterThan(2800);
    expect(hits).toBeLessThan(3200);
  });

  test("the first rule that fits and is due is the one", async () => {
    faults.add(rule({ kind: "status", status: 429 }, { when: { first: 1 } }));
    faults.add(rule({ kind: "status", status: 500 }));
    expect([(await call()).status, (await call()).status]).toEqual([429, 500]);
  });
});

describe("the switch", () => {
  let control: ReturnType<typeof faultControl>;
  let url: string;
  beforeEach(async () => {
    control = faultControl(faults, "the token");
    url = `${await control.listen({ host: "127.0.0.1", port: 0 })}/faults`;
  });
  afterEach(() => control.close());

  const own = { authorization: "Bearer the token" };
  const send = async (method: string, path = "", body?: object, headers: Record<string, string> = own) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { ...headers, ...(body && { "content-type": "application/json" }) },
      body: body && JSON.stringify(body),
    });
    return { status: response.status, body: await response.json() };
  };

  test.each([
    ["no token", {}],
    ["another token", { authorization: "Bearer another" }],
  ])("refuses %s", async (_, wrong) => {
    for (const method of ["GET", "POST", "DELETE"]) {
      expect((await send(method, "", undefined, wrong)).status).toBe(401);
    }
  });

  test("adds, lists and removes rules", async () => {
    const listed = { service: "azure", fault: { kind: "reset" }, id: 1, seen: 0, hit: 0 };
    const added = await send("POST", "", { service: "azure", fault: { kind: "reset" } });
    expect(added).toEqual({ status: 201, body: listed });
    expect(await send("GET")).toEqual({ status: 200, body: [listed] });
    expect(await send("DELETE", "/1")).toEqual({ status: 200, body: { removed: 1 } });
    expect((await send("DELETE", "/1")).status).toBe(404);
    expect(await send("DELETE")).toEqual({ status: 200, body: { removed: 0 } });
  });

  test.each([
    ["another service", { service: "github", fault: { kind: "reset" } }, "service"],
    ["a registry without a name", { service: "registry:", fault: { kind: "reset" } }, "service"],
    ["another status", { service: "azure", fault: { kind: "status", status: 404 } }, "fault.status"],
    ["another fault", { service: "azure", fault: { kind: "explode" } }, "fault.kind"],
    ["a path that is no pattern", { service: "azure", path: "(", fault: { kind: "reset" } }, "path"],
    ["a method in small letters", { service: "azure", method: "get", fault: { kind: "reset" } }, "method"],
    ["a probability over 1", { service: "azure", fault: { kind: "reset" }, when: { probability: 2, seed: 1 } }, "when"],
    ["a property that it does not know", { service: "azure", fault: { kind: "reset" }, times: 3 }, "times"],
    ["no rule at all", undefined, "Invalid input"],
  ])("refuses %s, and says where it is", async (_, body, where) => {
    expect(await send("POST", "", body)).toEqual({ status: 400, body: { message: expect.stringContaining(where) } });
    expect(faults.list()).toEqual([]);
  });
});

test("a rule's defaults are any method, any path and all requests", () => {
  const shortest = { service: "channel", fault: { kind: "hang" } };
  expect(faultRule.parse(shortest)).toEqual(shortest);
});
