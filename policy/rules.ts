import { connectionSecret } from "./connection-secret";
import { imageDigest } from "./image-digest";
import { pipelinePermission } from "./pipeline-permission";
import { plainSecret } from "./plain-secret";
import { registryAdminUser } from "./registry-admin-user";
import { registryAnonymousPull } from "./registry-anonymous-pull";
import { role } from "./role";
import { roleScope } from "./role-scope";
import type { Rule } from "./rule";

/** All rules of the pack. */
export const rules: Rule[] = [
  registryAdminUser,
  registryAnonymousPull,
  role,
  roleScope,
  connectionSecret,
  pipelinePermission,
  imageDigest,
  plainSecret,
];
