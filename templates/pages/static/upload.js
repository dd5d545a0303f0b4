// The page of an import: a file that is too large for a form goes to a presigned URL. A smaller one is sent by the form itself.
const form = document.getElementById("upload");
const progress = form.querySelector("[data-progress]");
const bar = progress.querySelector("progress");
const failure = form.querySelector("[data-failed]");
const button = form.querySelector("button.primary");

const fail = (text) => {
  progress.hidden = true;
  button.disabled = false;
  failure.textContent = text;
  failure.hidden = false;
};

// fetch reports no progress of what it sends.
const put = (url, file) =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.upload.addEventListener("progress", (event) => (bar.value = (100 * event.loaded) / (event.total || 1)));
    request.addEventListener("load", () => (request.status === 200 ? resolve() : reject(new Error(request.statusText))));
    request.addEventListener("error", () => reject(new Error("no answer")));
    request.open("PUT", url);
    request.setRequestHeader("content-type", "text/csv");
    request.send(file);
  });

const offerOf = async (file) => {
  const data = new URLSearchParams({ csrf: form.elements.csrf.value, list: form.elements.list.value, size: file.size });
  const response = await fetch(form.dataset.offer, { method: "POST", body: data, headers: { "hx-request": "true" } });
  return response.headers.get("content-type")?.startsWith("application/json") ? response.json() : {};
};

form.addEventListener("submit", async (event) => {
  const file = form.elements.file.files[0];
  if (!file || file.size <= Number(form.dataset.formMax)) return;
  event.preventDefault();
  failure.hidden = true;
  progress.hidden = false;
  button.disabled = true;
  try {
    const offer = await offerOf(file);
    if (!offer.url) return fail(offer.error ?? failure.dataset.failed);
    await put(offer.url, file);
    location.assign(offer.next);
  } catch {
    fail(failure.dataset.failed);
  }
});
