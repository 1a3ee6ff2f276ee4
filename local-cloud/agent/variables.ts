import { mapOf, type ValueMap } from "../pipelines/expression";

/** How deep variables may refer to each other in their values before the agent leaves the rest as it is. */
const depthLimit = 50;

interface Variable {
  /** As it was first written: names are compared without regard to case. */
  name: string;
  value: string;
  secret: boolean;
}

/**
 * The variables of a job, as the agent has them
 * (https://learn.microsoft.com/azure/devops/pipelines/process/variables).
 */
export class Variables {
  private readonly all = new Map<string, Variable>();

  set(name: string, value: string, secret = false): void {
    const known = this.all.get(name.toLowerCase());
    // What was secret once stays so.
    this.all.set(name.toLowerCase(), { name: known?.name ?? name, value, secret: secret || (known?.secret ?? false) });
  }

  /** A variable's value, macros in it expanded; undefined if there is no such variable. */
  get(name: string): string | undefined {
    const value = this.all.get(name.toLowerCase())?.value;
    return value === undefined ? undefined : this.expand(value);
  }

  /** A copy, in which changes are its own. */
  copy(): Variables {
    const copy = new Variables();
    for (const { name, value, secret } of this.all.values()) copy.set(name, value, secret);
    return copy;
  }

  /** Replaces macros, `$(name)`, by the variables' values. One that names no variable is left as it is. */
  expand(text: string, depth = 0): string {
    let result = "";
    let rest = text;
    for (;;) {
      const start = rest.indexOf("$(");
      const end = rest.indexOf(")", start);
      if (start < 0 || end < 0) return result + rest;
      const variable = this.all.get(rest.slice(start + 2, end).toLowerCase());
      if (variable === undefined || depth > depthLimit) {
        // Another macro may begin inside of what is none.
        result += rest.slice(0, start + 2);
        rest = rest.slice(start + 2);
      } else {
        result += rest.slice(0, start) + this.expand(variable.value, depth + 1);
        rest = rest.slice(end + 1);
      }
    }
  }

  expandAll(texts: Readonly<Record<string, string>>): Record<string, string> {
    return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, this.expand(text)]));
  }

  /** What steps get as environment variables: all but secrets, whose values a step only gets when it asks for them. */
  environment(): Record<string, string> {
    const open = [...this.all.values()].filter(({ secret }) => !secret);
    return Object.fromEntries(open.map(({ name, value }) => [environmentVariableName(name), this.expand(value)]));
  }

  /** What expressions see as `variables`. */
  values(): ValueMap {
    return mapOf(Object.fromEntries([...this.all.values()].map(({ name, value }) => [name, this.expand(value)])));
  }
}

/** A variable's name as an environment variable: in upper case, `_` for dots and spaces. */
export function environmentVariableName(name: string): string {
  return name.replace(/[. ]/g, "_").toUpperCase();
}
