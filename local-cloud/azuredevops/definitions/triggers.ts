import * as z from "zod";
import { invalidArgument } from "../common/errors";
import { enumName } from "../common/naming";

/** A definition's own schedule, as far as it is emulated: the days and times are kept, and nobody waits for them. */
const scheduleForm = z.looseObject({
  branchFilters: z.array(z.string().regex(/^[+-]./)),
  /** Whether it runs only where something has changed since. */
  scheduleOnlyWithChanges: z.boolean().nullish(),
});

/** The schedules of a trigger of that type. @throws ServiceError if they are none */
export function schedulesOf({ schedules }: Trigger): z.output<typeof scheduleForm>[] {
  const { data, success } = z.array(scheduleForm).safeParse(schedules);
  if (success) return data;
  throw invalidArgument(
    `The trigger's schedules ${JSON.stringify(schedules)} must be a list, each with branchFilters that begin with + (include) ` +
      "or - (exclude).",
  );
}

/** A trigger as a request has it. */
export type Trigger = Record<string, unknown>;

/** Numbers of trigger types in the build API. */
const types = {
  1: "none",
  2: "continuousIntegration",
  4: "batchedContinuousIntegration",
  8: "schedule",
  16: "gatedCheckIn",
  32: "batchedGatedCheckIn",
  64: "pullRequest",
  128: "buildCompletion",
};

/**
 * A definition's triggers, checked. One with filters of its own (its settings are the definition's) overrides that of
 * the YAML file; the filters of one that takes its settings from the YAML file mean nothing.
 *
 * @throws ServiceError for an unknown type, and for filters that are none
 */
export function makeTriggers(triggers: Trigger[]): Trigger[] {
  return triggers.map(makeTrigger);
}

function makeTrigger(trigger: Trigger): Trigger {
  const triggerType = enumName(types, trigger.triggerType);
  const source = trigger.settingsSourceType;
  if (source !== undefined && source !== 1 && source !== 2) {
    throw invalidArgument(`The trigger's settingsSourceType ${JSON.stringify(source)} is neither 1 nor 2.`);
  }
  if (triggerType === "schedule") return { ...trigger, triggerType, schedules: schedulesOf(trigger) };
  if (triggerType !== "continuousIntegration" && triggerType !== "pullRequest") return { ...trigger, triggerType };
  const [branchFilters, pathFilters] = [filters(trigger, "branchFilters"), filters(trigger, "pathFilters")];
  if (triggerType === "continuousIntegration" && source !== 2 && branchFilters.length === 0) {
    throw invalidArgument("A continuous integration trigger must have at least one branch filter.");
  }
  return { ...trigger, triggerType, branchFilters, pathFilters };
}

/** What to include ("+refs/heads/main", "+docker") and to exclude ("-docs"). None are the empty list, never null. */
function filters(trigger: Trigger, name: "branchFilters" | "pathFilters"): string[] {
  const given = trigger[name] ?? [];
  const isFilter = (item: unknown): item is string => typeof item === "string" && /^[+-]./.test(item);
  if (Array.isArray(given) && given.every(isFilter)) return given;
  throw invalidArgument(
    `The trigger's ${name} ${JSON.stringify(given)} must be texts that begin with + (include) or - (exclude).`,
  );
}
