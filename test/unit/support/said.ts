import * as pulumi from "@pulumi/pulumi";

/** What the program says to the person from now on, as `level: message`, until Jest restores its mocks. */
export function saidByProgram(): string[] {
  const said: string[] = [];
  for (const level of ["info", "warn"] as const) {
    jest.spyOn(pulumi.log, level).mockImplementation(async (...[message]: Parameters<typeof pulumi.log.info>) => {
      said.push(`${level}: ${message}`);
    });
  }
  return said;
}
