import { cpSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { listFiles } from "../cache";

/**
 * Compiles a generated package the way Pulumi compiles the published one, to JavaScript and declarations. Its source
 * depends on that: members are loaded when first used by redefining exports, which other compilers make constant.
 *
 * @param source a directory with `package.json` from which `@pulumi/pulumi` can be resolved
 * @param output gets the compiled files and `package.json`
 * @throws Error with the compiler's messages
 */
export function compile(source: string, output: string): void {
  const files = listFiles(source, (file) => file.endsWith(".ts")).map((file) => join(source, file));
  const program = ts.createProgram(files, {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    types: ["node"],
    rootDir: source,
    outDir: output,
    declaration: true,
    strict: true,
    stripInternal: true,
    skipLibCheck: true,
    noEmitOnError: true,
  });
  const { diagnostics } = program.emit();
  const problems = [...ts.getPreEmitDiagnostics(program), ...diagnostics];
  if (problems.length > 0) throw new Error(ts.formatDiagnostics(problems, formatHost));
  cpSync(join(source, "package.json"), join(output, "package.json"));
}

const formatHost: ts.FormatDiagnosticsHost = {
  getCanonicalFileName: (file) => file,
  getCurrentDirectory: () => process.cwd(),
  getNewLine: () => "\n",
};
