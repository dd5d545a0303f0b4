// The page of a layout or partial: checks its text and shows the preview after a pause in typing. Only its button saves it.
// As draft.js, it reports each check as the event draft:checked.
const form = document.getElementById("draft");
const state = form.querySelector(".state");
const CHECK_AFTER = 800;
let changed = false;
let leaving = false;
let timer;

const show = (name) => {
  state.textContent = state.dataset[name] ?? "";
  state.classList.toggle("bad", name === "offline" || name === "ended");
};

async function check() {
  try {
    const body = new URLSearchParams(new FormData(form));
    const response = await fetch(form.dataset.check, { method: "POST", body, headers: { "hx-request": "true" } });
    if (response.headers.has("hx-redirect")) return show("ended");
    if (!response.headers.get("content-type").includes("json")) return;
    form.dispatchEvent(new CustomEvent("draft:checked", { detail: await response.json() }));
    show(changed ? "unsaved" : "");
  } catch {
    show("offline");
  }
}

document.addEventListener("input", (event) => {
  if (event.target.form !== form) return;
  if (event.target.name === "body") {
    changed = true;
    show("unsaved");
  }
  clearTimeout(timer);
  timer = setTimeout(() => {
    form.requestSubmit(document.getElementById("show-preview"));
    check();
  }, CHECK_AFTER);
});
form.addEventListener("submit", (event) => {
  leaving = event.submitter?.id !== "show-preview";
});
document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "s") {
    event.preventDefault();
    form.requestSubmit(document.getElementById("save"));
  }
});
addEventListener("beforeunload", (event) => {
  if (changed && !leaving) event.preventDefault();
});
addEventListener("load", check);
