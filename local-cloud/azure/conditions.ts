import { ArmError, notEmulated } from "./errors";
import { matches } from "./permission-pattern";

/** What is about to be done, as a condition sees it. */
export interface ConditionRequest {
  /** For example `Microsoft.ContainerRegistry/registries/repositories/content/read`. */
  permission: string;
  /** The repository in a registry, if it is about one. */
  repository: string | undefined;
}

/** A role assignment's condition, read: whether the role counts for a request. */
export type Condition = (request: ConditionRequest) => boolean;

/** The one attribute that container registries have. */
const repositoryName = "@Request[Microsoft.ContainerRegistry/registries/repositories:name]";

/** Comparisons of an attribute with a text. Azure has more; none of the others is of use for a repository's name. */
const comparisons: Record<string, (value: string, text: string) => boolean> = {
  StringEquals: (value, text) => value === text,
  StringEqualsIgnoreCase: (value, text) => value.toLowerCase() === text.toLowerCase(),
  StringStartsWith: (value, text) => value.startsWith(text),
  StringStartsWithIgnoreCase: (value, text) => value.toLowerCase().startsWith(text.toLowerCase()),
};

/** What a condition is made of: brackets, operators, an attribute, a text, and words. */
const token = /\s*(?:([(){},!]|&&|\|\|)|(@\w+\[[^\]]*\])|'([^']*)'|([\w:]+))/y;

interface Token {
  kind: "symbol" | "attribute" | "text" | "word";
  value: string;
}

/**
 * Reads a condition (https://learn.microsoft.com/azure/role-based-access-control/conditions-format).
 *
 * @throws ArmError 400 for what is no condition, and 501 for what Azure understands and the local cloud does not
 */
export function parseCondition(condition: string): Condition {
  const tokens = tokensOf(condition);
  const parsed = parseAny(tokens);
  if (tokens.length > 0) throw invalid(`'${tokens[0]?.value}' is not expected behind the end of the expression`);
  return parsed;
}

function tokensOf(condition: string): Token[] {
  const tokens: Token[] = [];
  const text = condition.trimEnd();
  token.lastIndex = 0;
  while (token.lastIndex < text.length) {
    const at = token.lastIndex;
    const [, symbol, attribute, quoted, word] = token.exec(text) ?? [];
    if (symbol !== undefined) tokens.push({ kind: "symbol", value: symbol });
    else if (attribute !== undefined) tokens.push({ kind: "attribute", value: attribute });
    else if (quoted !== undefined) tokens.push({ kind: "text", value: quoted });
    else if (word !== undefined) tokens.push({ kind: "word", value: word });
    else throw invalid(`'${text.slice(at, at + 20)}' is not expected`);
  }
  return tokens;
}

const operators: Record<string, "and" | "or"> = { AND: "and", "&&": "and", OR: "or", "||": "or" };

/** One or several expressions. Azure wants brackets where AND and OR meet. */
function parseAny(tokens: Token[]): Condition {
  const parts = [parseOne(tokens)];
  let joined: "and" | "or" | undefined;
  for (;;) {
    const operator = operators[tokens[0]?.value ?? ""];
    if (tokens[0]?.kind === "text" || operator === undefined) break;
    if (joined !== undefined && operator !== joined) throw invalid("AND and OR stand side by side without parentheses");
    joined = operator;
    tokens.shift();
    parts.push(parseOne(tokens));
  }
  return (request) => (joined === "or" ? parts.some((part) => part(request)) : parts.every((part) => part(request)));
}

function parseOne(tokens: Token[]): Condition {
  const next = tokens.shift();
  if (next === undefined) throw invalid("it ends where an expression is expected");
  if (isSymbol(next, "!") || (next.kind === "word" && next.value === "NOT")) {
    const negated = parseOne(tokens);
    return (request) => !negated(request);
  }
  if (isSymbol(next, "(")) {
    const inside = parseAny(tokens);
    expect(tokens, ")");
    return inside;
  }
  if (next.kind === "word" && next.value === "ActionMatches") {
    expect(tokens, "{");
    const pattern = textOf(tokens);
    expect(tokens, "}");
    return ({ permission }) => matches(pattern, permission);
  }
  if (next.kind === "attribute") return parseComparison(next.value, tokens);
  throw next.kind === "word"
    ? notEmulated(`'${next.value}' in the condition of a role assignment`)
    : invalid(`'${next.value}' is not expected where an expression begins`);
}

/** An attribute that a request does not have makes a comparison false. */
function parseComparison(attribute: string, tokens: Token[]): Condition {
  if (attribute.toLowerCase() !== repositoryName.toLowerCase()) {
    throw notEmulated(`the attribute ${attribute} in the condition of a role assignment: only ${repositoryName}`);
  }
  const operator = tokens.shift();
  if (operator?.kind !== "word") throw invalid(`an operator is expected behind ${attribute}`);
  const compare = Object.hasOwn(comparisons, operator.value) ? comparisons[operator.value] : undefined;
  if (compare === undefined) {
    throw notEmulated(
      `the operator '${operator.value}' in the condition of a role assignment: only ${Object.keys(comparisons).join(", ")}`,
    );
  }
  const text = textOf(tokens);
  return ({ repository }) => repository !== undefined && compare(repository, text);
}

function textOf(tokens: Token[]): string {
  const next = tokens.shift();
  if (next?.kind === "text") return next.value;
  throw isSymbol(next, "{")
    ? notEmulated("several values in the condition of a role assignment")
    : invalid("a text in single quotes is expected");
}

function expect(tokens: Token[], symbol: string): void {
  if (!isSymbol(tokens.shift(), symbol)) throw invalid(`a '${symbol}' is missing`);
}

function isSymbol(next: Token | undefined, symbol: string): boolean {
  return next?.kind === "symbol" && next.value === symbol;
}

function invalid(reason: string): ArmError {
  return new ArmError(400, "InvalidCondition", `The condition of the role assignment is not valid: ${reason}.`);
}
