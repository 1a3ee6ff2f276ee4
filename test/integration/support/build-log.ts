/**
 * The steps of a Dockerfile that a build did itself, out of BuildKit's plain progress. The others it took from a cache:
 * it says so, or downloads what came of them.
 */
export function rebuiltSteps(log: string): string[] {
  const lines = [...log.matchAll(/^\s*#(\d+) (.*)$/gm)].map(([, step = "", text = ""]) => ({ step, text }));
  const cached = new Set(lines.flatMap(({ step, text }) => (/^(?:CACHED$|sha256:)/.test(text) ? [step] : [])));
  const named = new Map(lines.flatMap(({ step, text }) => (/^\[.*\] (?:RUN|COPY) /.test(text) ? [[step, text]] : [])));
  if (named.size === 0) throw new Error(`no step of a Dockerfile is in this log:\n${log}`);
  return [...named].flatMap(([step, text]) => (cached.has(step) ? [] : [text]));
}
