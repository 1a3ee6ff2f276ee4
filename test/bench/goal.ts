/** A wait that this project has a goal for, what was measured of it, and whether that is within the goal. */
export interface Goal {
  wait: string;
  /** With its unit. */
  measured: string;
  /** With its unit; empty where a wait is shown to compare with. */
  goal: string;
  met?: boolean;
}

/** A goal of at most so much, of a number with its unit: `s`, `×` or `GB`. */
export function atMost(wait: string, measured: number, goal: number, unit: string): Goal {
  return { wait, measured: `${measured.toFixed(2)} ${unit}`, goal: `≤ ${goal} ${unit}`, met: measured <= goal };
}

/** What is shown beside a goal, to compare with. */
export function shown(wait: string, measured: string): Goal {
  return { wait, measured, goal: "" };
}

/** Prints the table of all goals. */
export function printGoals(goals: Goal[]): void {
  const width = Math.max(...goals.map(({ wait }) => wait.length)) + 2;
  const lines = goals.map(({ wait, measured, goal, met }) => {
    const verdict = met === undefined ? "" : met ? "met" : "not met";
    return `  ${wait.padEnd(width)}${measured.padStart(12)}  ${goal.padEnd(12)}${verdict}`.trimEnd();
  });
  process.stdout.write(["", "All goals", ...lines, ""].join("\n"));
}
