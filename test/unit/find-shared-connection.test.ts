import { hasSharedConnection } from "../../components/find-shared-connection";
import { refusal, registered } from "./support/mock-cloud";

const connection = { id: "1", name: "acrconnection" };

test.each([
  ["is new", {}, false],
  ["is up with one connection", { serviceConnection: connection }, true],
  ["is up with two", { serviceConnection: connection, pushConnection: { id: "2", name: "acrconnection-push" } }, false],
])("a stack that %s: whether it shares its connection", async (_, outputs, shared) => {
  const asked: unknown[] = [];
  const answer = (inputs: Record<string, unknown>) => {
    asked.push(inputs.name);
    return { name: inputs.name, outputs };
  };
  await registered({ functions: { "pulumi:pulumi:readStackOutputs": answer } }, async () => {
    expect(await hasSharedConnection()).toBe(shared);
  });
  expect(asked).toEqual(["organization/job-container/test"]);
});

describe("a state that cannot be read", () => {
  /** Asks while the state is unreadable for a number of times. @returns how often it was read */
  async function ask(failures: number, message: string, expectation: (shared: Promise<boolean>) => Promise<void>) {
    let reads = 0;
    const answer = ({ name }: Record<string, unknown>) => {
      if (++reads <= failures) throw refusal(message);
      return { name, outputs: { serviceConnection: connection } };
    };
    await registered({ functions: { "pulumi:pulumi:readStackOutputs": answer } }, () =>
      expectation(hasSharedConnection()),
    );
    return reads;
  }

  test("is read again while it is written", async () => {
    const reads = await ask(3, "failed to load checkpoint: EOF", async (shared) => expect(await shared).toBe(true));
    expect(reads).toBe(4);
  });

  test.each([
    ["stays so", "failed to load checkpoint: EOF", 10],
    ["is refused for another reason", "no access", 1],
  ])("is an error if it %s", async (_, message, times) => {
    const reads = await ask(99, message, async (shared) => {
      await expect(shared).rejects.toThrow(message);
    });
    expect(reads).toBe(times);
  });
});
