/** The logical name of the job container that a program is about. */
export const programName = "job-container";

/**
 * The logical name of something that is made beside a job container. That of a program's own is as it has always been;
 * that of another one begins with its name, so that a program may have several.
 *
 * @param name the job container's
 * @param what for example `infrastructure`
 */
export function besides(name: string, what: string): string {
  return name === programName ? what : `${name}-${what}`;
}
