import { nextLink } from "../../../src/common/link-header";

describe("the next page of a list", () => {
  test.each([
    ['</v2/_catalog?last=b&n=1>; rel="next"', "/v2/_catalog?last=b&n=1"],
    ["</a>;rel=next", "/a"],
    ["</a> ; REL = Next", "/a"],
    [
      '<https://a.example/1>; rel="prev", <https://a.example/3>; rel="next", <https://a.example/9>; rel="last"',
      "https://a.example/3",
    ],
    ['</a,b;c>; title="x, <y>; rel=\'z\'"; rel="next"', "/a,b;c"],
    ['</a>; rel="last next"', "/a"],
  ])("is in %s", (header, next) => {
    expect(nextLink(header)).toBe(next);
  });

  test.each([
    [null],
    [""],
    ["</a>"],
    ['</a>; rel="prev"'],
    ['</a>; title="rel=next"'],
    ['</a>; rel="nextpage"'],
    ["/a; rel=next"],
  ])("is not in %s", (header) => {
    expect(nextLink(header)).toBeUndefined();
  });
});
