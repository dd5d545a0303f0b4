// The Write page, for each of its views: saves the form #draft after a pause in typing, and shows its state, other editors and the preview.
// A view writes into textarea[name=body] and dispatches an input event; it gets each check as the event draft:checked.
// What a view holds that is not in the body yet it reports by draft:pending (with the state to show), and by draft:settled once it is there.
// draft:refused collects the promise of a new token, after an answer of 403. Before the form is sent or the page is left by a link, draft:flush collects the promises of what a view still does.
const form = document.getElementById("draft");
const state = form.querySelector(".state");
const compare = document.getElementById("compare");
const signIn = document.getElementById("sign-in-again");
const othersNotice = document.getElementById("others");
// The same after a reload, so that a person does not meet their own former page as another editor.
const tab = sessionStorage.getItem("editor") ?? crypto.randomUUID();
sessionStorage.setItem("editor", tab);
const SAVE_AFTER = 1200;
const PREVIEW_AFTER = 500;
const RETRY_AFTER = 5000;
let changed = 0; // counts the changes
let saved = 0; // the change up to which the draft is stored
let stopped = false; // by a later version: only the person may go on
let saving = null; // the promise of a save that is under way
let leaving = false;
let pending = false; // a view has a change that is not in the body yet
let saveTimer, previewTimer;

const show = (name, detail = "") => {
  state.textContent = detail ? `${state.dataset[name]} ${detail}` : state.dataset[name];
  state.classList.toggle("bad", !["saved", "saving", "unsaved"].includes(name));
};

const body = (fields) => {
  const data = new URLSearchParams(fields);
  data.set("tab", tab);
  return data;
};

const send = (fields) =>
  fetch(form.dataset.draft, { method: "POST", body: body(fields), headers: { "hx-request": "true" } });

const later = (milliseconds) => {
  clearTimeout(saveTimer);
  saveTimer = setTimeout(save, milliseconds);
};

function save() {
  if (!saving && !stopped && !pending && saved !== changed) saving = store();
  return saving;
}

async function store() {
  const change = changed;
  show("saving");
  try {
    await answered(await send(new FormData(form)), change);
  } catch {
    show("offline");
    later(RETRY_AFTER);
  } finally {
    saving = null;
  }
  if (saved !== changed && !stopped) later(saved === change ? SAVE_AFTER : RETRY_AFTER);
}

async function answered(response, change) {
  if (response.headers.has("hx-redirect")) {
    signIn.hidden = false;
    return show("ended");
  }
  if (response.status === 403 && (await renewed())) return show("unsaved");
  if (response.status >= 500) return show("failed");
  if (!response.headers.get("content-type").includes("json")) return show("refused", `${response.status}`);
  const answer = await response.json();
  showOthers(answer.others);
  if (response.status === 409) {
    stopped = true;
    compare.hidden = false;
    state.textContent = answer.message;
    state.classList.add("bad");
    return;
  }
  if (!response.ok) {
    saved = change; // nothing to repeat: the next change saves again
    return show("refused", answer.errors.map((error) => `${error.label} ${error.message}`).join("; "));
  }
  signIn.hidden = true;
  saved = change;
  for (const field of document.querySelectorAll("input[name=version]")) field.value = answer.version;
  show(saved === changed ? "saved" : "unsaved");
  form.dispatchEvent(new CustomEvent("draft:checked", { detail: answer }));
}

// After a new sign-in the page's token is of the old session: the page has the new one.
async function renewed() {
  const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
  const token = page.querySelector("#draft [name=csrf]")?.value;
  const isNew = !!token && token !== form.elements.csrf.value;
  if (isNew) form.elements.csrf.value = token;
  return isNew;
}
form.addEventListener("draft:refused", ({ detail }) => detail.push(renewed()));

function showOthers(others) {
  othersNotice.hidden = !others.length;
  if (others.length) othersNotice.textContent = `${othersNotice.dataset.text} ${others.join(", ")}`;
}

// An open editor reports itself, and sees whether a later version was saved meanwhile.
async function report() {
  if (saving || stopped || saved !== changed) return;
  const { csrf, version } = form.elements;
  try {
    const response = await send({ csrf: csrf.value, version: version.value });
    if (response.headers.has("hx-redirect") || !response.headers.get("content-type").includes("json")) return;
    const answer = await response.json();
    if (response.status === 409 && saved === changed && !saving) {
      stopped = true;
      compare.hidden = false;
      state.textContent = answer.message;
      state.classList.add("bad");
    }
    showOthers(answer.others);
  } catch {
    show("offline");
  }
}

function preview() {
  clearTimeout(previewTimer);
  previewTimer = setTimeout(() => form.requestSubmit(document.getElementById("show-preview")), PREVIEW_AFTER);
}

document.addEventListener("input", (event) => {
  if (event.target.form !== form) return;
  if (event.target.closest("[data-entered]")) form.elements.data.value = "entered";
  preview();
  if (event.target.closest(".preview")) return; // what is entered there is part of no draft
  changed += 1;
  if (!stopped) {
    show("unsaved");
    later(SAVE_AFTER);
  }
});
// The form is sent as the page has it: a view's last change is in it, and no save under way makes its version stale.
form.addEventListener("submit", async (event) => {
  if (event.submitter?.id === "show-preview") return;
  const waits = unfinished();
  leaving = !waits.length;
  if (leaving) return clearTimeout(saveTimer);
  event.preventDefault();
  await Promise.all(waits);
  form.requestSubmit(event.submitter);
});
function unfinished() {
  const waits = saving ? [saving] : [];
  form.dispatchEvent(new CustomEvent("draft:flush", { detail: waits }));
  return waits;
}
form.addEventListener("draft:pending", ({ detail }) => {
  if (!pending) changed += 1;
  pending = true;
  signIn.hidden = detail.state !== "ended";
  if (!stopped) show(detail.state);
});
form.addEventListener("draft:settled", () => {
  pending = false;
  signIn.hidden = true;
  if (saved !== changed && !stopped) {
    show("unsaved");
    later(SAVE_AFTER);
  }
});
for (const link of document.querySelectorAll(".bar .choice a")) {
  link.addEventListener("click", async (event) => {
    const waits = unfinished();
    if (!waits.length && saved === changed) return;
    event.preventDefault();
    await Promise.all(waits);
    await save();
    location.href = link.href;
  });
}
document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "s") {
    event.preventDefault();
    later(0);
  }
});
addEventListener("online", () => later(0));
addEventListener("focus", () => signIn.hidden || later(0));
addEventListener("beforeunload", (event) => {
  if (saved !== changed && !leaving) event.preventDefault();
});
report();
setInterval(report, form.dataset.reportSeconds * 1000);
