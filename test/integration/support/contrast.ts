/**
 * An expression for the browser: the texts of the page whose contrast with their background is below 4.5 to 1, which is
 * what WCAG 2.2 asks of texts (success criterion 1.4.3).
 */
export const faintTexts = `(() => {
  const channels = (colour) => (colour.match(/[\\d.]+/g) ?? []).map(Number);
  const linear = (value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  const luminance = ([red, green, blue]) =>
    0.2126 * linear(red / 255) + 0.7152 * linear(green / 255) + 0.0722 * linear(blue / 255);
  const background = (element) => {
    for (let each = element; each; each = each.parentElement) {
      const found = channels(getComputedStyle(each).backgroundColor);
      if (found.length === 3 || found[3] > 0) return found;
    }
    return [255, 255, 255];
  };
  return [...document.body.querySelectorAll("*")]
    .filter((element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== ""))
    .filter((element) => {
      const [a, b] = [channels(getComputedStyle(element).color), background(element)].map(luminance).sort();
      return Math.abs((Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)) < 4.5;
    })
    .map((element) => element.textContent);
})()`;
