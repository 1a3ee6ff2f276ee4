/** What a Dockerfile starts from. */
export interface DockerfileBases {
  /** Default of the build argument BASE_IMAGE, through which the local cloud's image gets in; undefined without it. */
  argument: string | undefined;
  /** Images that are written into it, or come from other arguments. */
  others: string[];
}

const baseArgument = "BASE_IMAGE";

/** Finds the images that the stages of a Dockerfile start from. */
export function basesOf(dockerfile: string): DockerfileBases {
  const values = new Map<string, string>();
  const stages = new Set(["scratch"]);
  const others = new Set<string>();
  let argument: string | undefined;
  for (const line of instructionsOf(dockerfile)) {
    const [, name, value = ""] = /^ARG\s+(\w+)(?:=["']?([^"'\s]*))?/i.exec(line) ?? [];
    if (name !== undefined && stages.size === 1) values.set(name, value);
    const [, image, stage] = /^FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?/i.exec(line) ?? [];
    if (image === undefined) continue;
    const isArgument = /^\$(?:\{BASE_IMAGE(?::?[-+][^}]*)?\}|BASE_IMAGE)$/.test(image);
    if (isArgument && values.has(baseArgument)) argument = values.get(baseArgument);
    else {
      const meant = image.replace(/\$\{?(\w+)[^}]*\}?/g, (written, each: string) => values.get(each) || written);
      if (!stages.has(meant.toLowerCase())) others.add(meant);
    }
    stages.add((stage ?? `stage ${stages.size}`).toLowerCase());
  }
  return { argument, others: [...others] };
}

/** The instructions, a line each, without comments and the texts of here-documents. */
function instructionsOf(dockerfile: string): string[] {
  const instructions: string[] = [];
  let end: string | undefined;
  let isContinued = false;
  for (const line of dockerfile.split(/\r?\n/)) {
    if (end !== undefined) {
      if (line.trim() === end) end = undefined;
      continue;
    }
    if (/^\s*(?:#|$)/.test(line)) continue;
    const text = line.replace(/\\\s*$/, " ").trim();
    if (isContinued) instructions.push(`${instructions.pop() ?? ""} ${text}`);
    else instructions.push(text);
    isContinued = /\\\s*$/.test(line);
    end = /^(?:RUN|COPY|ADD)\b.*<<-?\s*["']?(\w+)/i.exec(instructions.at(-1) ?? "")?.[1];
    if (isContinued) end = undefined;
  }
  return instructions;
}
