/**
 * What Pulumi keeps and prints in the place of a value that is not known (`computedValuePlaceholder` in its
 * pkg/resource/stack/deployment.go): among the outputs of a destroy that failed on the way.
 */
const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** A stack's outputs without what is not known. */
export function knownOutputs(outputs: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(outputs).flatMap(([name, value]) => (value === unknownValue ? [] : [[name, known(value)]])),
  );
}

function known(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((item) => item !== unknownValue).map(known);
  return typeof value === "object" && value !== null ? knownOutputs({ ...value }) : value;
}
