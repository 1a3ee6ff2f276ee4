import { XMLParser } from "fast-xml-parser";
import * as z from "zod";
import type { TestResult } from "../run";

/** What a file of test results says. */
export interface TestFile {
  results: TestResult[];
  /** When the first of its suites began; undefined where not every suite says when it did. */
  started: Date | undefined;
  /** When the last of its suites ended, likewise. */
  completed: Date | undefined;
}

const node = z.object({ "@message": z.string().optional(), "#text": z.string().optional() });

const testCase = z.object({
  "@name": z.string().optional(),
  "@classname": z.string().optional(),
  "@time": z.string().optional(),
  failure: z.array(node).optional(),
  error: z.array(node).optional(),
  skipped: z.array(node).optional(),
});

const suite = z.object({
  "@time": z.string().optional(),
  "@timestamp": z.string().optional(),
  testcase: z.array(testCase).optional(),
  get testsuite() {
    return z.array(suite).optional();
  },
});
type Suite = z.output<typeof suite>;

const root = z.union([
  z
    .object({ testsuites: z.object({ testsuite: z.array(suite).optional() }) })
    .transform(({ testsuites }) => testsuites),
  z.object({ testsuite: z.array(suite) }),
]);

const lists = ["testsuite", "testcase", "failure", "error", "skipped"];

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: "@",
  parseAttributeValue: false,
  parseTagValue: false,
  trimValues: false,
  alwaysCreateTextNode: true,
  // References by number, as `&#10;` for a line's end in an attribute.
  htmlEntities: true,
  isArray: (name, _path, _isLeaf, isAttribute) => !isAttribute && lists.includes(name),
});

/**
 * Reads test results in JUnit's format as Azure Pipelines' agent does: `testsuites` with suites or one `testsuite`,
 * with suites in suites. A test with a `failure` or an `error` has failed, a `skipped` one was not run; one without a
 * name does not count.
 *
 * @throws Error that says what is wrong with the text
 */
export function readJUnit(text: string): TestFile {
  const parsed = root.safeParse(parser.parse(text, true));
  if (!parsed.success) throw new Error("Its root element is neither <testsuites> nor <testsuite>.");
  const top = parsed.data.testsuite ?? [];
  const starts = top.map((each) => timeOf(each["@timestamp"]));
  const known = starts.filter((start) => start !== undefined);
  const isDated = known.length > 0 && known.length === starts.length;
  const ends = top.map((each, index) => (starts[index] ?? 0) + milliseconds(each["@time"]));
  return {
    results: top.flatMap(resultsOf),
    started: isDated ? new Date(Math.min(...known)) : undefined,
    completed: isDated ? new Date(Math.max(...ends)) : undefined,
  };
}

function resultsOf({ testsuite = [], testcase = [] }: Suite): TestResult[] {
  return [...testsuite.flatMap(resultsOf), ...testcase.flatMap(resultOf)];
}

function resultOf(test: z.output<typeof testCase>): TestResult[] {
  const { "@name": name, "@classname": storage, failure = [], error = [], skipped = [] } = test;
  if (!name) return [];
  const [wrong] = [...failure, ...error];
  const [left] = skipped;
  return [
    {
      name,
      ...(storage && { storage }),
      outcome: wrong ? "Failed" : left ? "NotExecuted" : "Passed",
      durationInMs: milliseconds(test["@time"]),
      ...messages(wrong ?? (left && { "@message": left["@message"] })),
    },
  ];
}

function messages(node: { "@message"?: string | undefined; "#text"?: string | undefined } | undefined) {
  const { "@message": errorMessage = "", "#text": stackTrace = "" } = node ?? {};
  return { ...(errorMessage.trim() && { errorMessage }), ...(stackTrace.trim() && { stackTrace }) };
}

/** A number of seconds, which may have commas between thousands, in milliseconds; 0 for what is none. */
function milliseconds(seconds: string | undefined): number {
  const count = Number(seconds?.replaceAll(",", ""));
  return Number.isFinite(count) && count > 0 ? count * 1000 : 0;
}

/** A moment; one without a zone is in UTC. */
function timeOf(timestamp: string | undefined): number | undefined {
  if (!timestamp) return undefined;
  const time = Date.parse(/(Z|[+-]\d\d:?\d\d)$/i.test(timestamp) ? timestamp : `${timestamp}Z`);
  return Number.isNaN(time) ? undefined : time;
}
