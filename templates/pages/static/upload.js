// A form with a CSV file. A file that is too large for the form goes to a presigned URL, and the form has its id instead.
const FORM_MAX = 4_000_000; // octets, as in functions/pages/uploads.py
const form = document.querySelector("form[data-upload]");

// fetch reports no progress of what it sends.
const put = (url, file, bar) =>
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
  const data = new URLSearchParams({ csrf: form.elements.csrf.value, size: file.size });
  const response = await fetch("/console/uploads", { method: "POST", body: data, headers: { "hx-request": "true" } });
  return response.headers.get("content-type")?.startsWith("application/json") ? response.json() : {};
};

// The page of an email that is not published for lists has no such form.
form?.addEventListener("submit", async (event) => {
  const chosen = form.elements.file;
  const file = chosen.files[0];
  if (!file || chosen.disabled || file.size <= FORM_MAX) return;
  event.preventDefault();
  const progress = form.querySelector("[data-progress]");
  const failure = form.querySelector("[data-failed]");
  const button = form.querySelector("button.primary");
  failure.hidden = true;
  progress.hidden = false;
  button.disabled = true;
  try {
    const offer = await offerOf(file);
    if (!offer.url) throw new Error(offer.error ?? failure.dataset.failed);
    await put(offer.url, file, progress.querySelector("progress"));
    form.elements.namedItem("uploaded").value = offer.file;
    chosen.disabled = true; // so that the form is sent without it
    form.requestSubmit();
  } catch (error) {
    progress.hidden = true;
    button.disabled = false;
    failure.textContent = error.message;
    failure.hidden = false;
  }
});
