import * as z from "zod";
import { type AzCommand, type AzContext, AzError, required, textOf } from "./command";
import { endpointsOf, readSession, removeSession, type Session, tokenFor, writeSession } from "./session";

const text = { type: "string" } as const;
const on = { type: "boolean" } as const;

const subscriptionList = z.object({
  value: z.array(z.object({ subscriptionId: z.string(), displayName: z.string(), state: z.string() })),
});

/** The clouds of Azure are all this one. */
const cloudName = "AzureCloud";

export const version: AzCommand = {
  options: {},
  run: async () => "azure-cli                         2.79.0\n\nThis is the local cloud's.",
};

/** `az login --service-principal` with a federated token. */
export const login: AzCommand = {
  options: {
    "service-principal": on,
    username: { ...text, short: "u" },
    tenant: { ...text, short: "t" },
    "allow-no-subscriptions": on,
    "federated-token": text,
  },
  async run(context, given) {
    if (given["service-principal"] !== true) {
      throw new AzError("The local cloud's az signs in service principals only: az login --service-principal.", 2);
    }
    const session: Session = {
      clientId: required(given, "username", "--username/-u"),
      tenantId: required(given, "tenant"),
      assertion: required(given, "federated-token"),
      ...{ subscriptions: [], subscription: "", tokens: {} },
    };
    const { resourceManager, audience } = await endpointsOf(context);
    const { accessToken } = await tokenFor(context, session, `${audience}/.default`);
    const response = await fetch(`${resourceManager}/subscriptions?api-version=2022-12-01`, {
      headers: { authorization: `Bearer ${accessToken}` },
    });
    if (!response.ok) throw new AzError(await response.text());
    const { value } = subscriptionList.parse(await response.json());
    session.subscriptions = value.map(({ subscriptionId: id, displayName: name, state }) => ({ id, name, state }));
    if (value.length === 0) {
      if (given["allow-no-subscriptions"] !== true)
        throw new AzError(`No subscriptions found for ${session.clientId}.`);
      const id = session.tenantId;
      session.subscriptions = [{ id, name: "N/A(tenant level account)", state: "Enabled" }];
    }
    session.subscription = session.subscriptions[0]?.id ?? "";
    writeSession(context, session);
    return session.subscriptions.map((subscription) => shown(session, subscription));
  },
};

export const clear: AzCommand = {
  options: { username: text },
  run: async (context) => removeSession(context),
};

export const setCloud: AzCommand = {
  options: { name: { ...text, short: "n" } },
  async run(_context, given) {
    const name = required(given, "name", "--name/-n");
    if (name !== cloudName) throw new AzError(`The cloud '${name}' is not registered.`);
  },
};

export const setSubscription: AzCommand = {
  options: { subscription: { ...text, short: "s" } },
  async run(context, given) {
    const session = readSession(context);
    session.subscription = find(session, required(given, "subscription", "--subscription/-s")).id;
    writeSession(context, session);
  },
};

export const accountShow: AzCommand = {
  options: { subscription: { ...text, short: "s" } },
  async run(context, given) {
    const session = readSession(context);
    return shown(session, find(session, textOf(given, "subscription") || session.subscription));
  },
};

/** For Resource Manager, unless something else is asked for. */
export const getAccessToken: AzCommand = {
  options: { resource: text, scope: text, subscription: { ...text, short: "s" }, tenant: { ...text, short: "t" } },
  async run(context, given) {
    const session = readSession(context);
    const tenant = textOf(given, "tenant") || session.tenantId;
    const subscription = find(session, textOf(given, "subscription") || session.subscription);
    const scope = textOf(given, "scope") || `${textOf(given, "resource") || (await defaultResource(context))}/.default`;
    const { accessToken, expires } = await tokenFor(context, { ...session, tenantId: tenant }, scope);
    writeSession(context, session);
    return {
      accessToken,
      expiresOn: `${new Date(expires * 1000).toISOString().replace("T", " ").replace(/\..*/, "")}.000000`,
      expires_on: expires,
      ...(textOf(given, "tenant") === "" && { subscription: subscription.id }),
      ...{ tenant, tokenType: "Bearer" },
    };
  },
};

async function defaultResource(context: AzContext): Promise<string> {
  return (await endpointsOf(context)).audience;
}

function find(session: Session, wanted: string): Session["subscriptions"][number] {
  const found = session.subscriptions.find(({ id, name }) =>
    [id, name].some((each) => each.toLowerCase() === wanted.toLowerCase()),
  );
  if (found !== undefined) return found;
  throw new AzError(`The subscription of '${wanted}' doesn't exist in cloud '${cloudName}'.`);
}

function shown({ tenantId, clientId, subscription }: Session, { id, name, state }: Session["subscriptions"][number]) {
  return {
    ...{ environmentName: cloudName, homeTenantId: tenantId, id, isDefault: id === subscription },
    ...{ managedByTenants: [], name, state, tenantId, user: { name: clientId, type: "servicePrincipal" } },
  };
}
