import { checkEach, type Rule } from "./rule";
import { readVariable, variablesOf } from "./variables";

/** Names of what is secret: `registryPassword`, `SERVICE_TOKEN`, `storage.accessKey`. */
const secretName =
  /(password|passwd|pwd|secret|token|credentials?|(api|access|account|private)[._-]?key|connection[._-]?string)$/i;

/** What a secret looks like, whatever its variable is called. */
const secretValues: [what: string, pattern: RegExp][] = [
  ["a private key", /-----BEGIN [A-Z ]*PRIVATE KEY-----/],
  ["a JSON web token", /\beyJ[\w-]+\.eyJ[\w-]+\.[\w-]+/],
  ["a connection string with a key", /(^|;)\s*(AccountKey|SharedAccessKey|Password|Pwd)\s*=\s*[^;\s]/i],
  ["a shared access signature", /[?&]sig=[\w%+/-]{20,}/],
  ["a URL with a password", /:\/\/[^/\s:@]*:[^/\s:@]+@/],
  ["a GitHub token", /\b(gh[pousr]_[A-Za-z0-9]{36,}|github_pat_\w{22,})/],
  ["an Azure DevOps access token", /^([a-z2-7]{52}|[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4})$/],
  ["a client secret of Microsoft Entra", /^[\w.~-]{3}\dQ~[\w.~-]{31,34}$/],
];

/** A value that is another variable's, `$(name)`, is not written down here. */
const reference = /^\$\([^)]*\)$/;

export const plainSecret: Rule = {
  name: "plain-secret",
  description: "A pipeline's variables have no secret in plain text.",
  types: /^azuredevops:index\/(buildDefinition|variableGroup):/,
  check: (inputs) =>
    checkEach(variablesOf(inputs), function* (input) {
      const { name, value, isSecret } = readVariable(input);
      if (value === "" || reference.test(value)) return;
      const looks = secretValues.find(([, pattern]) => pattern.test(value))?.[0];
      if (looks === undefined && !isSecret && !secretName.test(name)) return;
      // The value is what must not be shown.
      yield `the variable ${name} has ${looks ?? "a secret"} in plain text: everyone who may see the pipeline or the stack's state can read it. ` +
        "Use a service connection, a variable group that is linked to a key vault, or isSecret with secretValue.";
    }),
};
