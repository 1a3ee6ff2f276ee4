import { sayWhatStays } from "../../../src/lookups/what-stays";
import { saidByProgram } from "../support/said";

let said: string[];
beforeEach(() => {
  said = saidByProgram();
});
afterEach(() => jest.restoreAllMocks());

const ci = { id: 12, name: "ci", folder: "\\team" };
const nightly = { id: 13, name: "nightly", folder: "\\" };
const output = ({ id, name }: typeof ci) => ({
  id: String(id),
  name,
  url: `https://ado.test/${id}`,
  path: `${name}.yml`,
});
const before = { modelPipelines: [{ ...output(ci), adopted: true as const }, output(nightly)] };

test("of a definition that is adopted no longer it is said that it stays, and with what", () => {
  sayWhatStays(before, [], true);
  expect(said).toEqual([
    "info: the pipeline definition ci (12) is adopted no longer. It stays, with the variable jobContainerImage as it is, and " +
      "may no longer use the service connection. Take the variable away if no job needs it: https://ado.test/12",
  ]);
});

test("of one that is still adopted, and of those that the stack makes, nothing is said", () => {
  sayWhatStays(before, [ci], true);
  sayWhatStays({}, [ci], true);
  sayWhatStays({}, [], false);
  expect(said).toEqual([]);
});

test("while the stack may be destroyed, it is said what that leaves", () => {
  sayWhatStays(before, [ci, nightly], false);
  expect(said).toEqual([
    "info: pulumi destroy would leave the pipeline definitions that were adopted, with their variable jobContainerImage: " +
      "ci (12), nightly (13)",
  ]);
});
