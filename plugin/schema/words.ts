import ts from "typescript";

/** An `as const` object of words: an enumeration, where a language has them. */
export interface Words {
  name: string;
  description: string;
  values: { name: string; value: string; description: string }[];
}

/** The objects of words that a file exports. */
export function wordsIn(source: ts.SourceFile): Words[] {
  return source.statements.filter(ts.isVariableStatement).flatMap((statement) => {
    const [declaration] = statement.declarationList.declarations;
    const value = declaration?.initializer;
    if (!declaration || !value || !ts.isAsExpression(value) || !ts.isObjectLiteralExpression(value.expression))
      return [];
    const values = value.expression.properties.flatMap((property) =>
      ts.isPropertyAssignment(property) && ts.isStringLiteral(property.initializer)
        ? [{ name: property.name.getText(source), value: property.initializer.text, description: docOf(property) }]
        : [],
    );
    return [{ name: declaration.name.getText(source), description: docOf(statement), values }];
  });
}

/** What a docstring says, without its tags. */
export function docOf(node: ts.Node): string {
  const [doc] = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc).slice(-1);
  return (ts.getTextOfJSDocComment(doc?.comment) ?? "").replace(/\s*\n\s*/g, " ");
}
