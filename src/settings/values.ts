import * as z from "zod";
import { condaChannelProblem } from "../conda/solve/channels";
import { ImageError } from "../image/error";
import { parseReference } from "../image/reference";
import { type NameRule, tagRule } from "../rules/names";

/** A text that a service's naming rule accepts. */
export function named(rule: NameRule) {
  return z.string().regex(rule.pattern, { error: ({ input }) => `${JSON.stringify(input)} must be ${rule.text}` });
}

/** A text that is there and not blank. */
export const required = z.string().regex(/\S/, { error: "is not set", abort: true });

/** A text that is there and that a service's naming rule accepts. */
export function requiredName({ pattern, text }: NameRule) {
  return required.regex(pattern, { error: ({ input }) => `${JSON.stringify(input)} must be ${text}` });
}

/** A text of which no character does anything in a shell, in YAML or in a pipeline's macro. */
const inert = /^[^"$`\\\p{Cc}]*$/u;

/** A path that pipelines and builds are given. */
export const path = z.string().regex(inert, {
  error: ({ input }) =>
    `${JSON.stringify(input)} must be a path with forward slashes, without ", $, \` and control characters`,
  abort: true,
});

/** A path that is there. */
const requiredPath = path.regex(/\S/, { error: "is not set", abort: true });

/** A tag without its prefix, or nothing. The prefix never makes a valid rest invalid, except by its length. */
export function tagValue(prefix: string) {
  return z
    .string()
    .refine((value) => value === "" || tagRule.pattern.test(`${prefix}-${value}`), {
      error: ({ input }) => `${JSON.stringify(input)} makes the tag "${prefix}-${input}", and a tag is ${tagRule.text}`,
    })
    .optional()
    .transform(emptyAsUndefined);
}

/** A text that may be left out, or be empty, which is the same. */
export function optional(text: z.ZodString) {
  return text.optional().transform(emptyAsUndefined);
}

function emptyAsUndefined(value: string | undefined): string | undefined {
  return value === "" ? undefined : value;
}

/** One of several words. */
export function oneOf<const Words extends Record<string, string>>(words: Words) {
  return z.enum(words, { error: ({ input }) => `${JSON.stringify(input)} must be ${choicesOf(Object.values(words))}` });
}

/** A list of one or several of these words, each once. */
export function listOf<const Words extends Record<string, string>>(words: Words) {
  const error = ({ input }: { input?: unknown }) =>
    `${JSON.stringify(input)} must be a list of ${choicesOf(Object.values(words))}, or of both, each once`;
  return z
    .array(oneOf(words), { error })
    .refine((list) => list.length > 0 && new Set(list).size === list.length, { error });
}

function choicesOf(words: string[]): string {
  return `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}

/** Yes or no. */
export const yesOrNo = z.boolean({ error: ({ input }) => `${JSON.stringify(input)} must be true or false` });

const inside = [
  /^(?!\/)(?!.*(?:^|\/)\.\.(?:\/|$))/,
  { error: ({ input }: { input?: unknown }) => `${JSON.stringify(input)} must be a path inside the repository` },
] as const;

/** A path in the repository, from its root, with forward slashes; or nothing. */
export const insideRepository = path.regex(...inside);

/** A path in the repository, from its root, with forward slashes. */
export const repositoryPath = requiredPath.regex(...inside);

/** A path in the repository that may be left out, or be empty, which is the same. */
export const optionalRepositoryPath = z.string().optional().transform(emptyAsUndefined).pipe(repositoryPath.optional());

/** An image's name. */
export const imageReference = required.superRefine((value, { addIssue }) => {
  try {
    parseReference(value);
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
    addIssue({ code: "custom", message: error.message });
  }
});

/** A channel that packages can be taken from. A secret in it is not repeated. */
export const condaChannel = required.refine((value) => condaChannelProblem(value) === undefined, {
  error: ({ input }) => `cannot be used: ${condaChannelProblem(String(input))}`,
});

/** A list of paths in the repository. */
export const repositoryPaths = z.array(repositoryPath, {
  error: ({ input }) => `${JSON.stringify(input)} must be a list of paths`,
});

/** The name of a service connection that exists. Azure DevOps takes more characters than those that are made here have. */
export const connectionName = required.regex(inert, {
  error: ({ input }) => `${JSON.stringify(input)} must be a name without ", $, \`, \\ and control characters`,
});

/** What is wrong with an object that says by its `kind` which of several it is. */
export function unknownKind(...kinds: string[]) {
  const choices = choicesOf(kinds);
  return ({ input }: { input?: unknown }) => {
    const kind = typeof input === "object" && input !== null && "kind" in input ? input.kind : undefined;
    return kind === undefined ? `is not set: it must be ${choices}` : `${JSON.stringify(kind)} must be ${choices}`;
  };
}

/** zod's message for what no rule of ours explains. */
export function defaultError({ code, input, expected }: { code: string; input?: unknown; expected?: unknown }) {
  if (code !== "invalid_type") return undefined;
  return input === undefined ? "is not set" : `${JSON.stringify(input)} must be a ${String(expected)}`;
}
