// The changes go to the server one after the other: it alone edits the source. A change that cannot be sent stays here until it can.
const RETRY_AFTER = 3000;

export class Requests {
  // on: applied(answer, request), refused(errors, request), state(name)
  constructor(form, path, on) {
    Object.assign(this, { form, path, on, queue: [], running: null });
    addEventListener("online", () => this.wake?.());
    addEventListener("focus", () => this.wake?.());
  }

  // Adds a change, and returns when it is applied or refused. A later text of one block replaces an earlier one that still waits.
  // `source` is the body to show, if it is another than the form's.
  send(request, source) {
    const waiting = this.queue.at(-1);
    if (request?.do === "text" && waiting?.request?.do === "text" && waiting.request.path === request.path && !waiting.sent)
      this.queue.pop();
    this.queue.push({ request, source });
    this.running ??= this.run().finally(() => (this.running = null));
    return this.running;
  }

  get idle() {
    return !this.queue.length;
  }

  async run() {
    while (this.queue.length) {
      const entry = this.queue[0];
      entry.sent = true;
      const answer = await this.attempt(entry);
      if (!answer) {
        await this.pause();
        entry.sent = false;
        continue;
      }
      this.queue.shift();
      if (answer.errors) this.on.refused(answer.errors, entry.request);
      else this.on.applied(answer, entry.request);
    }
  }

  pause() {
    return new Promise((resolve) => {
      this.wake = resolve;
      setTimeout(resolve, RETRY_AFTER);
    });
  }

  // Returns the server's answer, or nothing if the change must be sent again.
  async attempt({ request, source }) {
    const { csrf, language, syntax, body } = this.form.elements;
    const fields = { csrf: csrf.value, language: language.value, syntax: syntax.value, body: source ?? body.value };
    if (request) fields.operation = JSON.stringify(request);
    let response;
    try {
      response = await fetch(this.path, {
        method: "POST",
        body: new URLSearchParams(fields),
        headers: { "hx-request": "true" },
      });
    } catch {
      return this.on.state("offline");
    }
    if (response.headers.has("hx-redirect")) return this.on.state("ended");
    if (response.status === 403) {
      const waits = [];
      this.form.dispatchEvent(new CustomEvent("draft:refused", { detail: waits }));
      await Promise.allSettled(waits);
      return this.on.state("ended");
    }
    if (!response.headers.get("content-type")?.includes("json")) return this.on.state("failed");
    return response.json();
  }
}
