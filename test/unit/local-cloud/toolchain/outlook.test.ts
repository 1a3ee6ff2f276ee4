import { Outlook } from "../../../../local-cloud/toolchain/outlook";

describe("how far the compiling is", () => {
  let time = 0;
  let outlook: Outlook;
  const packages = (count: number, version: string, prefix = "p") =>
    Array.from({ length: count }, (_, index) => `${prefix}/${index}@${version}`);
  beforeEach(() => {
    time = 0;
    outlook = new Outlook(2, () => time);
  });
  const compile = (part: string, from: number, to: number) => {
    for (let index = from; index < to; index++) outlook.compiled(part, `p/${index}`);
  };

  test("is not known before all parts are listed, and before something is compiled", () => {
    outlook.listed("a", packages(100, "v1"));
    compile("a", 0, 10);
    expect(outlook.text()).toBeUndefined();
    outlook.listed("b", packages(100, "v1"));
    expect(outlook.text()).toMatch(/^10 % compiled/);
  });

  test("counts once what two parts share, in the same version alone", () => {
    outlook.listed("a", packages(100, "v1"));
    outlook.listed("b", [...packages(50, "v1"), ...packages(100, "v2").slice(50)]);
    compile("a", 0, 75);
    expect(outlook.text()).toMatch(/^50 % compiled/); // 75 of 150
    compile("b", 0, 75);
    expect(outlook.text()).toMatch(/^66 % compiled/); // 25 more
  });

  test("says how long the rest will take at the rate so far", () => {
    outlook.listed("a", packages(100, "v1"));
    outlook.listed("b", packages(100, "v1", "q"));
    compile("a", 0, 1);
    time = 60_000;
    compile("a", 1, 50);
    expect(outlook.text()).toBe("25 % compiled, about 3 min left");
    outlook.finished("a");
    time = 200_000;
    for (let index = 0; index < 90; index++) outlook.compiled("b", `q/${index}`);
    expect(outlook.text()).toBe("95 % compiled, less than a minute left");
    outlook.finished("b");
    expect(outlook.text()).toBe("100 % compiled");
  });

  test("says nothing where there is nothing to compile", () => {
    outlook = new Outlook(0);
    expect(outlook.text()).toBeUndefined();
  });
});
