/**
 * What Microsoft Entra says of a federated credential that it does not know (yet), and registries of a role:
 * https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations#errors,
 * https://learn.microsoft.com/azure/role-based-access-control/troubleshooting#symptom---role-assignment-changes-are-not-being-detected
 */
const refusals = /\bAADSTS(?:70021|70025|700213)\b|\bunauthorized: authentication required\b|\bdenied: /;

/**
 * What to do if a run was refused access to the registry: both that decide it are known only some time after they were
 * made.
 *
 * @param log the run's lines
 * @returns undefined if it was not refused
 */
export function refusedAccess(log: string[]): string | undefined {
  if (!log.some((line) => refusals.test(line))) return undefined;
  return (
    "It was refused access to the registry. Azure needs some minutes until everybody knows a new federated credential and a " +
    "new role: if pulumi up has just made the service connection, run it again after ten minutes."
  );
}
