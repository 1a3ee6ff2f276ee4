import { type Expected, run, undisturbed } from "./cell";
import { playScenario, scenarios } from "./scenarios";
import { steps } from "./steps";
import { World } from "./support/world";
import { troubles } from "./troubles";

/** Where something would be doubled, or left, if anything would. */
const selection: [command: string, step: string, trouble: string][] = [
  ["preview", "finds the base image", "503"],
  ["branch up", "creates a definition", "answer lost"],
  ["up", "creates the service connection", "killed after"],
  ["destroy", "deletes the registry", "hang"],
  ["up", "gives the role", "answer lost"],
  ["destroy", "deletes the service connection", "answer lost"],
];

const world = new World();
let expected: Expected;

beforeAll(async () => {
  await world.start();
  expected = await undisturbed(world);
}, 1_800_000);
afterAll(() => world.remove(), 600_000);

test("a command beside one that has just made a definition takes nothing of it away", async () => {
  const scenario = scenarios.find(({ name }) => name === "a command beside one that has just made a definition");
  if (scenario === undefined) throw new Error("there is no such scenario");
  expect(await playScenario(world, expected, scenario)).toEqual([]);
}, 1_800_000);

test.each(selection)(
  "%s: %s × %s: run again, it ends where an undisturbed run does",
  async (command, name, fault) => {
    const step = steps.find((one) => one.command === command && one.name === name);
    const trouble = troubles.find((one) => one.name === fault);
    if (step === undefined || trouble === undefined) throw new Error("there is no such cell");
    const { problems, output } = await run(world, expected, step, trouble);
    expect({ problems, output: problems.length > 0 ? output : "" }).toEqual({ problems: [], output: "" });
  },
  1_800_000,
);
