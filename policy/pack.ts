import { PolicyPack } from "@pulumi/policy";
import { rules } from "./rules";

/**
 * The rules as a Pulumi policy pack: `pulumi up --policy-pack policy`. Each is checked before a resource is created or
 * changed, and stops the update; `--policy-pack-config` can make one `advisory`.
 */
new PolicyPack("job-container", {
  enforcementLevel: "mandatory",
  policies: rules.map(({ name, description, types, check }) => ({
    name,
    description,
    validateResource({ type, props }, reportViolation) {
      if (!types.test(type)) return;
      for (const message of check(props)) reportViolation(message);
    },
  })),
});
