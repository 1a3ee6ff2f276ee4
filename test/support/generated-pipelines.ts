import fc from "fast-check";

/** A pipeline that Azure Pipelines would take, in which each container has the stock image. */
export interface GeneratedPipeline {
  text: string;
  /** The lines that have the image, with their ends: those that an edit may change. */
  withImage: string[];
  jobs: number;
}

const comments = fc.constantFrom("", " # why", "   #\ttab: {a}", " # 'quotes\" - &a *b");

const job = fc.record({
  kind: fc.constantFrom("job", "deployment"),
  container: fc.constantFrom("none", "text", "name", "alias", "alias in lines", "mapping", "brackets"),
  tag: fc.constantFrom("", ":latest", ":$(tag)", `@sha256:${"a".repeat(64)}`),
  quote: fc.constantFrom("", '"', "'"),
  comment: comments,
  before: fc.constantFrom("", "# about: [it]", "  # indented"),
});

const shape = fc.record({
  layout: fc.constantFrom("steps", "jobs", "stages"),
  indent: fc.constantFrom("  ", "    "),
  /** Whether the items of a list are further in than its key. */
  isIndented: fc.boolean(),
  jobs: fc.array(job, { minLength: 1, maxLength: 4 }),
  resources: fc.constantFrom("none", "repositories"),
  head: fc.constantFrom(
    [],
    ["# the header"],
    ["# the header", "", "trigger: none # end"],
    ["name: a", "# about what follows"],
  ),
  tail: fc.constantFrom([], ["", "variables: {a: 'b'}"], ["# the end"]),
  ends: fc.array(fc.constantFrom("\n", "\r\n"), { minLength: 1, maxLength: 5 }),
  hasLastEnd: fc.boolean(),
  mark: fc.constantFrom("", "\uFEFF"),
});

/** Pipelines of every layout, with containers in every form, comments, and both ends of lines, also mixed in one file. */
export const generatedPipelines: fc.Arbitrary<GeneratedPipeline> = shape.map((made) => new Writer(made).write());

type Shape = typeof shape extends fc.Arbitrary<infer T> ? T : never;
type Job = Shape["jobs"][number];

class Writer {
  private readonly lines: { text: string; hasImage: boolean }[] = [];

  constructor(private readonly shape: Shape) {}

  write(): GeneratedPipeline {
    const { layout, head, tail, ends, hasLastEnd, mark } = this.shape;
    const jobs = layout === "steps" ? this.shape.jobs.slice(0, 1) : this.shape.jobs;
    for (const line of head) this.line(line);
    this.resources(jobs);
    if (layout === "steps") for (const only of jobs) this.steps(only);
    else if (layout === "jobs") this.jobs("", jobs);
    else {
      this.line("stages:");
      this.line(`${this.item("")}- stage: first`);
      this.jobs(`${this.item("")}  `, jobs);
    }
    for (const line of tail) this.line(line);
    const { lines } = this;
    const full = lines.map(({ text }, index) => {
      const end = index === lines.length - 1 && !hasLastEnd ? "" : (ends[index % ends.length] ?? "\n");
      return (index === 0 ? mark : "") + text + end;
    });
    const withImage = full.filter((_, index) => lines[index]?.hasImage);
    return { text: full.join(""), withImage, jobs: jobs.length };
  }

  private line(text: string, hasImage = false): void {
    this.lines.push({ text, hasImage });
  }

  /** Where the items of a list are whose key has an indentation. */
  private item(of: string): string {
    return this.shape.isIndented ? of + this.shape.indent : of;
  }

  private resources(jobs: Job[]): void {
    const { indent, resources } = this.shape;
    const named = jobs.find(({ container }) => ["name", "alias", "alias in lines"].includes(container));
    if (named === undefined && resources === "none") return;
    this.line("resources: # what is used");
    if (named === undefined) {
      this.line(`${indent}repositories:`);
      this.line(`${this.item(indent)}- repository: other`);
      this.line(`${this.item(indent)}  type: git`);
      this.line(`${this.item(indent)}  name: other`);
      return;
    }
    const { comment } = named;
    this.line(`${indent}containers:`);
    this.line(`${this.item(indent)}# ours`);
    this.line(`${this.item(indent)}- container: lab${comment}`);
    this.line(`${this.item(indent)}  image: ${imageOf(named)}${comment}`, true);
    this.line(`${this.item(indent)}  options: --init`);
  }

  private jobs(of: string, jobs: Job[]): void {
    this.line(`${of}jobs:`);
    for (const [index, each] of jobs.entries()) this.job(this.item(of), each, index);
  }

  private job(of: string, made: Job, index: number): void {
    const { indent } = this.shape;
    if (made.before !== "") this.line(of + made.before);
    this.line(`${of}- ${made.kind}: j${index}${made.comment}`);
    const inside = `${of}  `;
    this.line(`${inside}displayName: Job ${index}`);
    this.container(inside, made);
    if (made.kind === "job") {
      this.steps(made, inside);
      return;
    }
    this.line(`${inside}environment: dev`);
    for (const [depth, key] of ["strategy:", "runOnce:", "deploy:"].entries())
      this.line(inside + indent.repeat(depth) + key);
    this.steps(made, inside + indent.repeat(3));
  }

  private steps(made: Job, of?: string): void {
    if (of === undefined) {
      this.container("", made);
      if (made.before !== "") this.line(made.before.trim());
    }
    this.line(`${of ?? ""}steps:`);
    this.line(`${this.item(of ?? "")}- script: pytest${made.comment}`);
    this.line(`${this.item(of ?? "")}  displayName: Test`);
  }

  private container(of: string, made: Job): void {
    const { indent } = this.shape;
    const { container, comment } = made;
    const image = imageOf(made);
    if (container === "text") this.line(`${of}container: ${image}${comment}`, true);
    if (container === "name") this.line(`${of}container: lab${comment}`);
    if (container === "alias") this.line(`${of}container: {alias: lab}${comment}`);
    if (container === "alias in lines") this.line(`${of}container:${comment}`);
    if (container === "alias in lines") this.line(`${of}${indent}alias: lab`);
    if (container === "brackets") this.line(`${of}container: { image: ${image}, options: --init }${comment}`, true);
    if (container !== "mapping") return;
    this.line(`${of}container:${comment}`);
    this.line(`${of}${indent}image: ${image}${comment}`, true);
    this.line(`${of}${indent}env: {A: 'b # c'}`);
  }
}

function imageOf({ quote, tag }: Job): string {
  return `${quote}mcr.microsoft.com/mlops/python${tag}${quote}`;
}
