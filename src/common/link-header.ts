/** The parameter of a link, with the semicolon before it: RFC 8288, section 3. */
const parameter = /;\s*([^\s=;,"]+)(?:\s*=\s*(?:"([^"]*)"|([^\s;,"]*)))?/;

const link = new RegExp(`<([^>]*)>((?:\\s*${parameter.source})*)`, "g");

/**
 * Where the next page of a list is, by an answer's header `Link`.
 *
 * @returns the URL, which may be relative to the answer's own; undefined if there is no next page
 */
export function nextLink(header: string | null): string | undefined {
  for (const [, target, parameters = ""] of (header ?? "").matchAll(link)) {
    for (const [, name = "", quoted, bare] of parameters.matchAll(new RegExp(parameter, "g"))) {
      const values = (quoted ?? bare ?? "").toLowerCase().split(/\s+/);
      if (name.toLowerCase() === "rel" && values.includes("next")) return target;
    }
  }
  return undefined;
}
