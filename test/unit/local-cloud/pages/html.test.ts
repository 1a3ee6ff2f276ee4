import { type Content, html } from "../../../../local-cloud/pages/html";

const evil = `<script>alert("1")</script> & 'x'`;
const escaped = "&#60;script&#62;alert(&#34;1&#34;)&#60;/script&#62; &#38; &#39;x&#39;";

test("text is escaped, between tags and in attributes", () => {
  expect(html`<p title="${evil}">${evil}</p>`.text).toBe(`<p title="${escaped}">${escaped}</p>`);
});

test("what html has made is not escaped again, nor are lists of it", () => {
  const items = ["a<b", "c"].map((item) => html`<li>${item}</li>`);
  expect(html`<ul>${items}</ul>`.text).toBe("<ul><li>a&#60;b</li><li>c</li></ul>");
});

test("an object that only looks like it is no HTML", () => {
  const fake: unknown = { text: "<b>" };
  expect(html`<p>${fake as Content}</p>`.text).toBe("<p>[object Object]</p>");
});

test("undefined and false are nothing; 0 and the empty string are themselves", () => {
  expect(html`<p>${undefined}${false}${0}${""}</p>`.text).toBe("<p>0</p>");
});

test("a tag may hold what html has made, such as an attribute", () => {
  const current = (is: boolean) => html`<a href="/"${is && html` aria-current="page"`}>x</a>`.text;
  expect([current(true), current(false)]).toEqual(['<a href="/" aria-current="page">x</a>', '<a href="/">x</a>']);
});

test.each([
  ["an attribute's value without quotes", () => html`<a href=${"x onclick=alert(1)"}>x</a>`, "outside of quotes"],
  ["text among a tag's attributes", () => html`<a ${"onclick"}>x</a>`, "outside of quotes"],
  ["a tag's name", () => html`<${"script"}>`, "outside of quotes"],
  ["HTML in an attribute", () => html`<a title="${html`<b title="x">`}">x</a>`, "may hold quotes"],
])("%s is refused", (_, make, reason) => {
  expect(make).toThrow(reason);
});
