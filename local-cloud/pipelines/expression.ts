import { type ExpressionFunction, generalFunctions } from "./functions";
import { type Expression, parseExpression } from "./parse-expression";
import { asText, isList, isMapOfValues, lookUpKey, type Value } from "./value";

export { asText, mapOf, toBoolean, toText, type Value, type ValueMap } from "./value";

/** What an expression may refer to. */
export interface Scope {
  /** By name: `variables`, `dependencies`, `stageDependencies`, `parameters`, … */
  values: Readonly<Record<string, Value>>;
  /**
   * Functions beside the general ones, by name: `succeeded`, `failed`, `always`, … They get their arguments as texts
   * (names of jobs or stages).
   */
  functions: Readonly<Record<string, (...args: string[]) => Value>>;
}

/**
 * Evaluates a condition, or what is inside `$[ ]` or `${{ }}`.
 *
 * @param expression without the brackets
 * @throws Error in Azure Pipelines' words if it is no expression, uses what is not in the scope, or cannot be computed
 */
export function evaluate(expression: string, scope: Scope): Value {
  return compute(checkExpression(expression, Object.keys(scope.values), Object.keys(scope.functions)), scope);
}

/**
 * Parses an expression without evaluating it.
 *
 * @param values names of what it may refer to
 * @param functions names of the functions that it may call beside the general ones
 * @throws Error in Azure Pipelines' words
 */
export function checkExpression(expression: string, values: string[], functions: string[]): Expression {
  const own = functions.map((name): [string, ExpressionFunction["arity"]] => [name.toLowerCase(), [0, Infinity]]);
  const general = [...generalFunctions].map(([name, { arity }]): [string, [number, number]] => [name, arity]);
  return parseExpression(expression, new Set(values.map((name) => name.toLowerCase())), new Map([...general, ...own]));
}

/** The expression of a variable's value that is one (`$[ … ]`). */
export function runtimeExpression(value: string): string | undefined {
  return /^\$\[([\s\S]*)\]$/.exec(value.trim())?.[1];
}

function compute(expression: Expression, scope: Scope): Value {
  switch (expression.kind) {
    case "literal":
      return expression.value;
    case "name":
      return own(scope.values, expression.name) ?? null;
    case "index":
      return elementOf(compute(expression.of, scope), compute(expression.index, scope));
    case "call": {
      const general = generalFunctions.get(expression.name.toLowerCase());
      const args = expression.args.map((arg) => () => compute(arg, scope));
      if (general !== undefined) return general.call(...args);
      return own(scope.functions, expression.name)?.(...args.map((arg) => asText(arg()) ?? "")) ?? null;
    }
  }
}

function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.entries(record).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
}

function elementOf(value: Value, index: Value): Value {
  if (isMapOfValues(value)) return lookUpKey(value, asText(index) ?? "");
  return isList(value) ? (value[Number(asText(index))] ?? null) : null;
}
