// What the check of the draft found: a list that both views show.
const form = document.getElementById("draft");
const list = document.getElementById("issues");

// A place is `content.mjml` or `content.translations.de.html`. Returns whether it is in the body that this page edits.
export const ours = (where) => {
  if (form.dataset.field) return where === form.dataset.field; // the page of a partial
  const body = where.endsWith(`.${form.elements.syntax.value}`);
  const language = /^content\.translations\.([^.]+)/.exec(where)?.[1] ?? "";
  const own = document.querySelector(".choice[aria-label] a[lang]")?.lang ?? form.elements.language.value;
  return body && (language || own) === form.elements.language.value;
};

// Calls show([issue, severity]...) with each new check, after it is listed. linkOf(issue) returns what leads to its place, or nothing.
// Returns what lists the last check again: its places may have come later than the check itself.
export function onChecked(show, linkOf = () => null) {
  let every = JSON.parse(list.dataset.check);
  const write = () => list.replaceChildren(...every.map(([issue, severity]) => entry(issue, severity, linkOf(issue))));
  form.addEventListener("draft:checked", ({ detail }) => {
    if (!detail.errors) return;
    every = [...detail.errors.map((issue) => [issue, "error"]), ...detail.warnings.map((issue) => [issue, "warning"])];
    write();
    show(every);
  });
  return write;
}

function entry(issue, severity, link) {
  const item = document.createElement("li");
  const place = document.createElement("b");
  place.textContent = issue.label;
  item.className = severity === "error" ? "bad" : "";
  item.append(place, issue.line ? ` ${list.dataset.line} ${issue.line}` : "", `: ${issue.message} `);
  if (link) item.append(link);
  return item;
}
