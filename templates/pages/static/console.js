// The console works without this script. It adds the viewer's time zone, copy buttons and small conveniences.
const secure = location.protocol === "https:" ? "; Secure" : "";
const name = secure ? "__Secure-staffetta-zone" : "staffetta-zone";
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone && !document.cookie.includes(`${name}=`)) {
  document.cookie = `${name}=${encodeURIComponent(zone)}; Path=/console; Max-Age=31536000; SameSite=Lax${secure}`;
}

// What a button did is also read to those who do not see it.
const announcer = document.createElement("p");
announcer.className = "hide";
announcer.setAttribute("role", "status");
document.body.append(announcer);

const COPIED_FOR = 2500; // milliseconds
document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-copy]");
  if (!button) return;
  const source = document.getElementById(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(source.textContent);
  } catch {
    return getSelection().selectAllChildren(source); // a page without TLS has no clipboard: Ctrl+C copies it
  }
  button.dataset.label ??= button.textContent;
  button.textContent = announcer.textContent = button.dataset.copied;
  setTimeout(() => {
    button.textContent = button.dataset.label;
    announcer.textContent = "";
  }, COPIED_FOR);
});

for (const button of document.querySelectorAll("button[data-copy]")) button.hidden = false;

// A form is sent once: a second press would create a second key, or send a second mail. An answer that is a file leaves the page as it is.
const SENT_FOR = 10000; // milliseconds
const sent = new WeakSet();
// What was entered and not sent is left after a confirmation only. The form of an editor has a script that knows what is saved.
const entered = new Set();
addEventListener("input", ({ target: { form } }) => {
  if (form?.method === "post" && form.id !== "draft") entered.add(form);
});
for (const form of document.querySelectorAll("form[data-unsaved]")) entered.add(form);
addEventListener("beforeunload", (event) => {
  if (entered.size) event.preventDefault();
});
addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || event.submitter?.formTarget) return;
  if (sent.has(form)) return event.preventDefault();
  sent.add(form);
  entered.delete(form);
  form.setAttribute("aria-busy", "true");
  setTimeout(release, SENT_FOR, form);
});
const release = (form) => {
  sent.delete(form);
  form.removeAttribute("aria-busy");
};
// After the back button the page may be the same one.
addEventListener("pageshow", () => document.querySelectorAll("form[aria-busy]").forEach(release));

// The back button leads to the same form: so it cannot create a second one.
const created = document.querySelector("input[name=form][data-in-address]");
if (created) {
  const address = new URL(location.href);
  address.searchParams.set("form", created.value);
  history.replaceState(history.state, "", address);
}

// A list of rows grows by a copy of its last row. Without this script it has empty rows, and more of them once it is saved.
for (const button of document.querySelectorAll("button[data-add-row]")) {
  const rows = button.closest("[data-rows]");
  const [count] = rows.querySelectorAll("input[type=hidden]");
  button.hidden = false;
  button.addEventListener("click", () => {
    const number = Number(count.value);
    const last = [...rows.querySelectorAll("[role=group]")].at(-1);
    const row = last.cloneNode(true);
    row.setAttribute("aria-label", last.getAttribute("aria-label").replace(/\d+/, number + 1));
    for (const field of row.querySelectorAll("[name]")) {
      field.name = field.id = field.name.replace(/-\d+-(\d+)$/, `-${number}-$1`);
      field.value = "";
    }
    last.after(row);
    count.value = number + 1;
    button.hidden = number + 1 >= rows.dataset.most;
    row.querySelector("[name]").focus();
  });
}

// The menu is closed on a phone, and open beside a page.
const menu = document.querySelector("details.menu");
const narrow = matchMedia("(max-width: 52rem)");
const fold = () => menu && (menu.open = !narrow.matches);
narrow.addEventListener("change", fold);
fold();
