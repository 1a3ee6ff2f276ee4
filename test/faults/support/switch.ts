import type { FaultRule, FaultRuleStatus } from "../../../local-cloud/faults/rule";

/** The switch for faults of a local cloud, through its API. */
export class Switch {
  constructor(
    private readonly url: string,
    private readonly token: string,
  ) {}

  add(rule: FaultRule): Promise<FaultRuleStatus> {
    return this.call("POST", "", rule);
  }

  list(): Promise<FaultRuleStatus[]> {
    return this.call("GET", "");
  }

  async clear(): Promise<void> {
    await this.call("DELETE", "");
  }

  private async call<T>(method: string, path: string, body?: object): Promise<T> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.token}`, ...(body && { "content-type": "application/json" }) },
      body: body && JSON.stringify(body),
    });
    if (!response.ok)
      throw new Error(`${method} ${this.url}${path} answered ${response.status}: ${await response.text()}`);
    return response.json() as Promise<T>;
  }
}
