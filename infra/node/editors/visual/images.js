// Images: made small in the browser, described, uploaded, and picked again. The server reads type and size from the bytes once more.
const WIDTH_MAX = 1200; // twice the width of an email, for dense screens
const HEIGHT_MAX = 4096; // as the server's
const QUALITY = 0.82;
const PATH = "/console/images";
const TYPES = /^image\/(png|jpeg|gif|webp|avif|bmp)$/;

export const imageIn = (transfer) => [...(transfer?.files ?? [])].find((file) => TYPES.test(file.type));
export const hasFiles = (transfer) => !!transfer?.types.includes("Files");

const blobOf = (canvas, type) => new Promise((resolve) => canvas.toBlob(resolve, type, QUALITY));

// A canvas would stop the animation of a GIF, so it stays as it is. Other files are drawn again, which also removes where a photo was taken.
export async function compressed(file) {
  if (file.type === "image/gif") return file;
  const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, WIDTH_MAX / bitmap.width, HEIGHT_MAX / bitmap.height);
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const context = canvas.getContext("2d");
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  const blobs = [await blobOf(canvas, "image/png")];
  if (isOpaque(context, canvas)) blobs.push(await blobOf(canvas, "image/jpeg"));
  return blobs.filter(Boolean).reduce((least, blob) => (blob.size < least.size ? blob : least));
}

function isOpaque(context, { width, height }) {
  const { data } = context.getImageData(0, 0, width, height);
  for (let at = 3; at < data.length; at += 4) if (data[at] < 255) return false;
  return true;
}

export class ImagePicker {
  // dialog: the element with its parts; form: has the token; words: its texts
  constructor(dialog, form, words) {
    Object.assign(this, { dialog, form, words });
    for (const part of ["file", "shown", "alt", "ornament", "message", "list", "more", "use", "cancel"])
      this[part] = dialog.querySelector(`[data-part=${part}]`);
    this.file.addEventListener("change", () => this.file.files[0] && this.take(this.file.files[0]));
    this.cancel.addEventListener("click", () => dialog.close());
    this.use.addEventListener("click", () => this.finish());
    this.more.addEventListener("click", () => this.load());
    this.ornament.addEventListener("change", () => (this.alt.disabled = this.ornament.checked));
    dialog.addEventListener("close", () => this.end());
  }

  // chosen({ src, alt }) is called once, unless the person cancels.
  open(chosen, { file = null, alt = "" } = {}) {
    Object.assign(this, { chosen, blob: null, url: "" });
    this.file.value = "";
    this.alt.value = alt;
    this.alt.disabled = this.ornament.checked = false;
    this.report("");
    this.show("");
    this.list.replaceChildren();
    this.after = "";
    this.dialog.showModal();
    if (file) this.take(file);
    return this.load();
  }

  end() {
    if (this.shown.src.startsWith("blob:")) URL.revokeObjectURL(this.shown.src);
    this.chosen = null;
  }

  report(text) {
    this.message.textContent = text;
    this.message.hidden = !text;
  }

  show(src) {
    this.shown.hidden = !src;
    if (src) this.shown.src = src;
    else this.shown.removeAttribute("src");
  }

  async take(file) {
    try {
      this.blob = await compressed(file);
    } catch {
      return this.report(this.words.unreadable);
    }
    Object.assign(this, { url: "", filename: file.name });
    this.report("");
    this.show(URL.createObjectURL(this.blob));
    this.alt.focus();
  }

  async load() {
    let answer;
    try {
      const response = await fetch(`${PATH}/list?${new URLSearchParams({ after: this.after })}`);
      answer = await response.json();
    } catch {
      return this.report(this.words.offline);
    }
    this.after = answer.after;
    this.more.hidden = !answer.after;
    this.list.append(...answer.images.map((image) => this.choice(image)));
  }

  choice(image) {
    const button = Object.assign(document.createElement("button"), { type: "button" });
    const picture = Object.assign(document.createElement("img"), { src: image.url, alt: image.alt || image.filename, loading: "lazy" });
    button.append(picture);
    button.addEventListener("click", () => {
      Object.assign(this, { blob: null, url: image.url });
      this.alt.value ||= image.alt;
      this.show(image.url);
      this.alt.focus();
    });
    const item = document.createElement("li");
    item.append(button);
    return item;
  }

  async finish() {
    const alt = this.ornament.checked ? "" : this.alt.value.trim();
    if (!this.blob && !this.url) return this.report(this.words.none);
    if (!alt && !this.ornament.checked) {
      this.report(this.words.needsAlt);
      return this.alt.focus();
    }
    const src = this.url || (await this.upload(alt));
    if (!src) return;
    this.chosen?.({ src, alt });
    this.dialog.close();
  }

  // Returns the address, or nothing after a refusal. The dialog keeps what was entered, so it can be sent again.
  async upload(alt) {
    const body = new FormData();
    body.append("csrf", this.form.elements.csrf.value);
    body.append("alt", alt);
    body.append("filename", this.filename ?? "");
    body.append("file", this.blob, this.filename ?? "image");
    this.use.disabled = true;
    try {
      const response = await fetch(`${PATH}/upload`, { method: "POST", body, headers: { "hx-request": "true" } });
      if (response.headers.has("hx-redirect") || response.status === 403) return this.report(this.words.ended);
      if (!response.headers.get("content-type")?.includes("json")) return this.report(this.words.failed);
      const answer = await response.json();
      if (answer.errors) return this.report(answer.errors.join("; "));
      return answer.url;
    } catch {
      return this.report(this.words.offline);
    } finally {
      this.use.disabled = false;
    }
  }
}
