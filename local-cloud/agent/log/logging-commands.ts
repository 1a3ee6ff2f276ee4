/**
 * What a step tells the agent in a line of its output:
 * https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands
 */
export interface LoggingCommand {
  /** `task.setvariable`, in lower case. */
  name: string;
  /** By their names in lower case. */
  properties: ReadonlyMap<string, string>;
  data: string;
}

/** The command in a line, if there is one, wherever in the line it begins. */
export function parseLoggingCommand(line: string): LoggingCommand | undefined {
  const [, name, properties = "", data = ""] = /##vso\[([^\s\].]+\.[^\s\].]+)(?:\s([^\]]*))?\](.*)$/s.exec(line) ?? [];
  if (name === undefined) return undefined;
  const pairs = properties.split(";").flatMap((pair): [string, string][] => {
    const [, key, value] = /^\s*([^=]+?)=(.*)$/s.exec(pair) ?? [];
    return key === undefined || value === undefined ? [] : [[key.toLowerCase(), unescaped(value)]];
  });
  return { name: name.toLowerCase(), properties: new Map(pairs), data: unescaped(data) };
}

/** Reads what the text of a command cannot hold. `%AZP25` comes last: it stands for a percent sign itself. */
function unescaped(text: string): string {
  return text
    .replaceAll("%3B", ";")
    .replaceAll("%0D", "\r")
    .replaceAll("%0A", "\n")
    .replaceAll("%5D", "]")
    .replaceAll("%AZP25", "%");
}
