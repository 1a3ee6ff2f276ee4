import type { ServiceError } from "@grpc/grpc-js";
import * as pulumi from "@pulumi/pulumi";
import type { RegisterResourceRequest, RegisterResourceResponse } from "@pulumi/pulumi/proto/resource_pb";
import { getMonitor } from "@pulumi/pulumi/runtime";

/** A resource as it was registered: what a component asks the engine for. */
export interface Registered {
  type: string;
  name: string;
  /** Inputs, with secrets shown as `secret(value)`. */
  inputs: Record<string, unknown>;
  /** Type of the parent. */
  parent: string | undefined;
  /** `type` of each resource that one of the inputs comes from. */
  dependencies: string[];
  retainOnDelete: boolean;
  protect: boolean;
  /** Id of what exists and is taken over; empty for what is made. */
  importId: string;
  /** Inputs that it keeps as they are. */
  ignoreChanges: string[];
  /** Names of the hooks that run before and after it is created or updated, and when that fails. */
  hooks: Record<"beforeCreate" | "afterCreate" | "beforeUpdate" | "afterUpdate" | "onError", string[]>;
}

/** What the mocked Azure, Azure DevOps and registries answer. */
export interface MockCloud {
  /** By resource type: output properties that the service adds. */
  outputs?: Record<string, Record<string, unknown>>;
  /** By function token: the answer, or a function that makes (or refuses) it. It is told the explicit provider, if any. */
  functions?: Record<string, object | ((inputs: Record<string, unknown>, provider?: string) => object)>;
  /** Where the stack is in Pulumi Cloud. Default: its state is elsewhere. */
  organization?: string;
}

/** The part of the engine that this looks over the shoulder of. */
interface Registrar {
  registerResource(
    request: RegisterResourceRequest,
    callback: (error: ServiceError | null, response: RegisterResourceResponse) => void,
  ): unknown;
}

const secretSignature = "4dabf18193072939515e22adb298388d";

/** How a secret shows in `Registered.inputs`. */
export function secret(value: unknown) {
  return { secret: value };
}

/**
 * Runs part of a program on mocks and returns every resource that it registered, in order.
 *
 * @param program creates the resources
 */
export async function registered(cloud: MockCloud, program: () => Promise<void>): Promise<Registered[]> {
  const resources: Registered[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => ({
        id: `${name}-id`,
        state: { name, ...inputs, ...cloud.outputs?.[type] },
      }),
      call: ({ token, inputs, provider }) => {
        const answer = cloud.functions?.[token];
        if (!answer) throw refusal(`the mock cloud has no function ${token}`);
        return typeof answer === "function" ? answer(inputs, provider) : answer;
      },
    },
    "job-container",
    "test",
    false,
    cloud.organization ?? "organization",
  );
  const monitor: Registrar | undefined = getMonitor();
  if (!monitor) throw new Error("the mocks are not set");
  const register = monitor.registerResource.bind(monitor);
  Object.assign(monitor, {
    // Pulumi's mocks say that they take hooks, and do not.
    registerResourceHook: (_: unknown, callback: (error: null) => void) => callback(null),
    registerErrorHook: (_: unknown, callback: (error: null) => void) => callback(null),
    registerResource: (...[request, callback]: Parameters<typeof register>) => {
      resources.push({
        type: request.getType(),
        name: request.getName(),
        inputs: Object.fromEntries(
          Object.entries(request.getObject()?.toJavaScript() ?? {}).map(([key, value]) => [key, showSecrets(value)]),
        ),
        parent: typeOf(request.getParent()),
        dependencies: [...new Set(request.getDependenciesList().map((urn) => typeOf(urn) ?? urn))].sort(),
        retainOnDelete: request.getRetainondelete() === true,
        protect: request.getProtect() === true,
        importId: request.getImportid(),
        ignoreChanges: request.getIgnorechangesList(),
        hooks: {
          beforeCreate: request.getHooks()?.getBeforeCreateList() ?? [],
          afterCreate: request.getHooks()?.getAfterCreateList() ?? [],
          afterUpdate: request.getHooks()?.getAfterUpdateList() ?? [],
          beforeUpdate: request.getHooks()?.getBeforeUpdateList() ?? [],
          onError: request.getHooks()?.getOnErrorList() ?? [],
        },
      });
      return register(request, callback);
    },
  });
  await program();
  await pulumi.runtime.disconnect();
  return resources;
}

/** An error as it comes from a provider, over gRPC. */
export function refusal(details: string): Error {
  return Object.assign(new Error(details), { details });
}

/** The only resource of a type. */
export function only(resources: Registered[], type: string): Registered {
  const [first, ...others] = resources.filter((resource) => resource.type === type);
  if (!first || others.length > 0) throw new Error(`expected one ${type}: ${resources.map(({ type }) => type)}`);
  return first;
}

/** The last type in `urn:pulumi:stack::project::a$b$type::name`. */
function typeOf(urn: string): string | undefined {
  return urn.split("::")[2]?.split("$").at(-1);
}

function showSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(showSecrets);
  if (typeof value !== "object" || value === null) return value;
  if (secretSignature in value && "value" in value) return secret(showSecrets(value.value));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, showSecrets(item)]));
}
