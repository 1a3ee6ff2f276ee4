// Keeps a page up to date while what it shows goes on: it loads the page again and takes over what is different, node by
// node, so that focus, selection and scroll position stay. A page whose body has no data-refresh is done.

schedule();

function schedule() {
  const { refresh } = document.body.dataset;
  if (refresh !== undefined) setTimeout(look, Number(refresh));
}

async function look() {
  if (!document.hidden) {
    try {
      await update();
    } catch {
      // The local cloud does not answer at the moment. It may again: its restart keeps its runs.
    }
  }
  schedule();
}

async function update() {
  const url = new URL(location.href);
  const log = document.querySelector("[data-next]");
  // Of a log only what is new.
  if (log) url.searchParams.set("from", log.dataset.next);
  const response = await fetch(url);
  if (!response.ok) return;
  const next = new DOMParser().parseFromString(await response.text(), "text/html");
  const follows = log && scrollY > 0 && scrollY + innerHeight >= document.documentElement.scrollHeight - 2;
  document.title = next.title;
  takeAttributes(document.body, next.body);
  take(document.querySelector("main"), next.querySelector("main"));
  // Who reads at the end of a log stays there.
  if (follows) scrollTo(scrollX, document.documentElement.scrollHeight);
}

function take(current, next) {
  if (current.nodeType === Node.TEXT_NODE) {
    if (current.data !== next.data) current.data = next.data;
    return;
  }
  if (current.nodeType !== Node.ELEMENT_NODE) return;
  takeAttributes(current, next);
  if (next.dataset.next === undefined) takeChildren(current, next);
  else current.append(...next.childNodes);
}

function takeAttributes(current, next) {
  for (const { name } of [...current.attributes]) if (!next.hasAttribute(name)) current.removeAttribute(name);
  for (const { name, value } of next.attributes) {
    if (current.getAttribute(name) !== value) current.setAttribute(name, value);
  }
}

// Nothing that stays is moved, as it would lose the focus.
function takeChildren(current, next) {
  let place = current.firstChild;
  for (const wanted of [...next.childNodes]) {
    const known = wanted.id ? laterSibling(place, wanted.id) : null;
    while (known && place !== known) place = removed(place);
    if (place && place.nodeName === wanted.nodeName && (place.id ?? "") === (wanted.id ?? "")) {
      take(place, wanted);
      place = place.nextSibling;
    } else current.insertBefore(wanted, place);
  }
  while (place) place = removed(place);
}

function laterSibling(from, id) {
  for (let node = from; node; node = node.nextSibling) if (node.id === id) return node;
  return null;
}

function removed(node) {
  const { nextSibling } = node;
  node.remove();
  return nextSibling;
}
