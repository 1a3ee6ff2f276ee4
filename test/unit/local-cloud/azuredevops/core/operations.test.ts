import { Operations } from "../../../../../local-cloud/azuredevops/core/operations";

beforeEach(() => jest.useFakeTimers());

afterEach(() => jest.useRealTimers());

describe("an operation", () => {
  it("is carried out after it was answered that it is queued", async () => {
    const [operations, work] = [new Operations(), jest.fn()];
    const { id, status } = operations.start(work);
    expect({ status, calls: work.mock.calls.length }).toEqual({ status: "queued", calls: 0 });
    await jest.runAllTimersAsync();
    expect(operations.find(id.toUpperCase())).toEqual({ id, status: "succeeded" });
    expect(work).toHaveBeenCalledTimes(1);
  });

  it("that fails says why", async () => {
    const operations = new Operations();
    const { id } = operations.start(() => Promise.reject(new Error("the name is taken")));
    await jest.runAllTimersAsync();
    expect(operations.find(id)).toEqual({ id, status: "failed", resultMessage: "the name is taken" });
  });

  it("that waits when the server ends is not carried out", async () => {
    const [operations, work] = [new Operations(), jest.fn()];
    operations.start(work);
    operations.stop();
    await jest.runAllTimersAsync();
    expect(work).not.toHaveBeenCalled();
  });
});
