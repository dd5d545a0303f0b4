// The canvas: each block as an element with its label, its look and its text. It shows the structure; the preview shows the mail.
import { editText } from "./text.js";

const STYLES = {
  color: "color",
  align: "textAlign",
  "font-family": "fontFamily",
  "font-size": "fontSize",
  "font-weight": "fontWeight",
  "line-height": "lineHeight",
  "background-color": "backgroundColor",
  "container-background-color": "backgroundColor",
};
const BUTTON = { ...STYLES, "inner-padding": "padding", "border-radius": "borderRadius" };
delete BUTTON["container-background-color"];
const ROWS = new Set(["tr", "mj-section", "mj-group", "mj-social"]);

export class Canvas {
  // on: changed(view, nodes), focused(view, editor), moved(editor), dropped(), chip(element, attrs), picture(src) → whether it shows
  constructor(place, words, on) {
    Object.assign(this, { place, words, on, editors: new Map(), elements: new Map(), views: new Map() });
  }

  show(document_) {
    for (const { editor } of this.editors.values()) editor.destroy();
    this.editors.clear();
    this.elements.clear();
    this.views.clear();
    this.place.replaceChildren(...document_.children.map((child) => this.block(child, document_)));
  }

  // Takes the new data of blocks whose elements stay.
  refresh(document_) {
    const each = (view, parent) => {
      view.parent = parent;
      this.views.set(view.path, view);
      this.mark(view);
      for (const child of view.children) each(child, view);
    };
    for (const child of document_.children) each(child, document_);
  }

  label(view) {
    const kind = this.words.kinds[view.kind] ?? view.kind;
    if (view.kind === "branch") return view.otherwise ? this.words.otherwise : `${this.words.when} ${this.condition(view)}`;
    if (view.kind === "repeat") return `${this.words.repeat} ${view.repeat?.list ?? view.code}`;
    return view.name ? `${kind}: ${this.words.areas[view.name] ?? view.name}` : kind;
  }

  condition(view) {
    if (!view.condition) return view.code;
    const terms = view.condition.terms.map((term) => {
      const test = this.words.tests[term.test ?? "set"];
      return [term.path, test, ["set", "unset"].includes(term.test ?? "set") ? "" : term.value ?? ""].join(" ").trim();
    });
    return terms.join(` ${view.condition.any ? this.words.or : this.words.and} `);
  }

  block(view, parent) {
    view.parent = parent;
    const element = document.createElement("div");
    element.className = `block ${view.kind}`;
    element.dataset.path = view.path;
    element.tabIndex = 0;
    element.role = "group";
    element.setAttribute("aria-label", this.label(view));
    this.elements.set(view.path, element);
    this.views.set(view.path, view);
    const handle = document.createElement("span");
    handle.className = "handle";
    handle.draggable = true;
    handle.ariaHidden = true;
    handle.textContent = this.label(view);
    element.append(handle, this.content(view));
    this.mark(view);
    return element;
  }

  mark(view) {
    const element = this.elements.get(view.path);
    element?.classList.toggle("untranslated", !!view.untranslated);
  }

  content(view) {
    if (view.kind === "mj-image") return this.image(view);
    if (view.kind === "mj-divider") return document.createElement("hr");
    if (view.kind === "mj-spacer") return this.spacer(view);
    if (view.text) return this.text(view);
    if (view.kind === "frame") return this.note(this.words.frameNote);
    if (view.kind === "include") return this.note(this.words.includeNote);
    if (view.code && !view.children.length && !["branch", "repeat"].includes(view.kind)) return this.code(view);
    const inner = document.createElement("div");
    inner.className = ROWS.has(view.kind) ? "inner row" : "inner";
    style(inner, view.look ?? {}, { "background-color": "backgroundColor" });
    inner.append(...view.children.map((child) => this.block(child, view)));
    if (!view.children.length && view.holds) {
      inner.append(this.note(this.words.empty));
    }
    return inner;
  }

  text(view) {
    const place = document.createElement("div");
    place.className = "text";
    style(place, view.look ?? {}, view.kind === "mj-button" ? BUTTON : STYLES);
    if (view.original) place.title = view.original;
    const editor = editText(place, view.text, {
      form: ["mj-text"].includes(view.kind) ? "rich" : "line",
      label: this.label(view),
      on: {
        changed: (nodes) => this.on.changed(this.views.get(view.path), nodes),
        focused: (one) => this.on.focused(this.views.get(view.path), one),
        moved: this.on.moved,
        chip: this.on.chip,
        dropped: this.on.dropped,
      },
    });
    this.editors.set(view.path, { editor, view });
    return place;
  }

  image(view) {
    const figure = document.createElement("div");
    figure.className = "text";
    style(figure, view.look ?? {}, { align: "textAlign" });
    const { src = "", alt = "" } = view.attributes ?? {};
    if (this.on.picture(src)) {
      const image = document.createElement("img");
      image.src = src;
      image.alt = alt;
      figure.append(image);
    } else {
      figure.textContent = src ? src : this.words.noImage;
      figure.classList.add("soft");
    }
    return figure;
  }

  spacer(view) {
    const space = document.createElement("div");
    const height = parseInt(view.look?.height ?? "20", 10);
    space.style.height = `${Math.min(Math.max(height, 4), 200)}px`;
    return space;
  }

  // What comes from another place: its line of code means nothing to a person who writes none.
  note(text) {
    const note = document.createElement("p");
    note.className = "soft";
    note.textContent = text;
    return note;
  }

  code(view) {
    const code = document.createElement("pre");
    code.className = "locked";
    code.textContent = view.code.length > 400 ? `${view.code.slice(0, 400)}…` : view.code;
    return code;
  }

  select(path) {
    for (const [other, element] of this.elements) element.classList.toggle("selected", other === path);
  }

  focus(path) {
    const element = this.elements.get(path);
    element?.focus({ preventScroll: true });
    element?.scrollIntoView({ block: "nearest" });
    return !!element;
  }
}

function style(element, look, properties) {
  for (const [name, property] of Object.entries(properties)) if (look[name]) element.style[property] = look[name];
}
