import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import { azureForm, seedSubscriptions } from "../../../../local-cloud/azure/state";
import { noRuns, runsForm } from "../../../../local-cloud/azuredevops/builds/state";
import { openStores } from "../../../../local-cloud/azuredevops/stores";
import { noRegistries, registriesForm } from "../../../../local-cloud/registry/host";
import { Store } from "../../../../local-cloud/state/store";
import { UserError } from "../../../../src/common/errors";
import { seedOf } from "../../../support/repository";

const form = z.strictObject({ names: z.array(z.string()) });

let directory: string;
let file: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "store-"));
  file = join(directory, "state.json");
});
afterEach(() => rmSync(directory, { recursive: true }));

test("a state is there again after it was saved", () => {
  const store = new Store(file, form, () => ({ names: ["a"] }));
  store.data.names.push("b");
  store.save();
  expect(new Store(file, form, () => ({ names: [] })).data).toEqual({ names: ["a", "b"] });
});

describe("a file that is no state", () => {
  it.each([
    ["cut short", '{"names": ["s3cret-na', "it is not JSON"],
    ["empty", "", "it is not JSON"],
    ["of another form", '{"names": "s3cret"}', "names: Invalid input: expected array, received string"],
    ["without what there has to be", "{}", "names: Invalid input: expected array, received undefined"],
    ["with more than is known", '{"names": [], "more": "s3cret"}', 'Unrecognized key: "more"'],
    ["with many faults", '{"names": [1, 2, 3, 4, 5]}', "(and 2 more)"],
  ])(
    "%s is refused, with its name, what is wrong and what to do, and without what is in it",
    async (_, text, problem) => {
      writeFileSync(file, text);
      const message = await refusal(() => new Store(file, form, () => ({ names: [] })));
      expect(message).toContain(file);
      expect(message).toContain(problem);
      expect(message).toContain("Put back a copy of the file, or begin anew: `npx local-cloud reset`.");
      expect(message).not.toContain("s3cret");
      expect(readFileSync(file, "utf8")).toBe(text);
    },
  );
});

test.each<[string, () => unknown]>([
  ["Azure's", () => new Store(file, azureForm, seedSubscriptions)],
  ["the runs'", () => new Store(file, runsForm, noRuns)],
  ["the registries'", () => new Store(file, registriesForm, noRegistries)],
  ["Azure DevOps'", () => openStores({ organization: file, repositories: directory, runs: directory }, () => seedOf())],
])("%s state is refused if it is something else's", async (_, open) => {
  writeFileSync(file, '{"resources": [{}]}');
  expect(await refusal(open)).toContain(file);
});

test("a state of Azure DevOps that has what Git keeps now is of another version, and is refused", async () => {
  const places = { organization: file, repositories: join(directory, "repositories"), runs: directory };
  await openStores(places, () => seedOf());
  const state = JSON.parse(readFileSync(file, "utf8"));
  Object.assign(state.repositories[0], { defaultBranch: "refs/heads/main", refs: {} });
  writeFileSync(file, JSON.stringify(state));
  expect(await refusal(() => openStores(places, () => seedOf()))).toContain(
    'another version of it: repositories.0: Unrecognized keys: "defaultBranch", "refs"',
  );
});

async function refusal(action: () => unknown): Promise<string> {
  try {
    await action();
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
  throw new Error("nothing was refused");
}
