import { XMLParser } from "fast-xml-parser";
import * as z from "zod";

const counters = z.object({
  "@type": z.string().optional(),
  "@covered": z.string().optional(),
  "@missed": z.string().optional(),
});

const coberturaLine = z.object({ "@number": z.string(), "@hits": z.string() });

const coberturaClass = z.object({
  "@name": z.string().optional(),
  "@filename": z.string().optional(),
  lines: z.object({ line: z.array(coberturaLine).optional() }).optional(),
});

const cobertura = z.object({
  "@lines-covered": z.string().optional(),
  "@lines-valid": z.string().optional(),
  "@branches-covered": z.string().optional(),
  "@branches-valid": z.string().optional(),
  packages: z
    .object({
      package: z
        .array(
          z.object({
            "@name": z.string().optional(),
            classes: z.object({ class: z.array(coberturaClass).optional() }).optional(),
          }),
        )
        .optional(),
    })
    .optional(),
});

const jacocoPackage = z.object({
  "@name": z.string().optional(),
  sourcefile: z
    .array(
      z.object({
        "@name": z.string(),
        line: z.array(z.object({ "@nr": z.string(), "@ci": z.string() })).optional(),
      }),
    )
    .optional(),
});

const jacocoGroup = z.object({
  package: z.array(jacocoPackage).optional(),
  get group() {
    return z.array(jacocoGroup).optional();
  },
});

const jacocoReport = jacocoGroup.extend({ counter: z.array(counters).optional() });

/** A report of what tests cover. Numbers are as they are written. */
export type Report =
  | { kind: "Cobertura"; content: z.output<typeof cobertura> }
  | { kind: "JaCoCo"; content: z.output<typeof jacocoReport> };

const root = z.union([
  z.object({ coverage: cobertura }).transform(({ coverage }): Report => ({ kind: "Cobertura", content: coverage })),
  z.object({ report: jacocoReport }).transform(({ report }): Report => ({ kind: "JaCoCo", content: report })),
]);

const lists = ["package", "class", "line", "counter", "sourcefile", "group"];

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: "@",
  parseAttributeValue: false,
  parseTagValue: false,
  // Otherwise an empty element is a text.
  alwaysCreateTextNode: true,
  isArray: (name, _path, _isLeaf, isAttribute) => !isAttribute && lists.includes(name),
});

/**
 * Reads a report in Cobertura's format (coverage.py writes it) or JaCoCo's.
 *
 * @returns undefined for XML of another kind
 * @throws Error that says where the text is not XML
 */
export function readReport(text: string): Report | undefined {
  return root.safeParse(parser.parse(text, true)).data;
}
