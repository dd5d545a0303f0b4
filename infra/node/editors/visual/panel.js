// The properties of the selected block: its attributes, when it shows, what it repeats for, and the acts on it.
const FIELDS = {
  "mj-text": ["color", "font-size", "font-family", "line-height", "align", "padding", "container-background-color"],
  "mj-button": ["href", "background-color", "color", "font-size", "align", "border-radius", "inner-padding", "padding"],
  "mj-image": ["src", "alt", "href", "width", "align", "padding"],
  "mj-divider": ["border-color", "border-width", "padding"],
  "mj-spacer": ["height"],
  "mj-section": ["background-color", "padding"],
  "mj-wrapper": ["background-color", "padding"],
  "mj-hero": ["background-color", "padding"],
  "mj-column": ["width", "background-color", "padding", "vertical-align"],
  "mj-body": ["background-color", "width"],
  "mj-table": ["font-size", "color", "padding", "width"],
  "mj-social": ["align", "icon-size", "mode", "padding"],
  "mj-social-element": ["name", "href", "src", "alt"],
  td: ["align", "width"],
  th: ["align", "width"],
};
const CHOICES = {
  align: ["", "left", "center", "right"],
  "vertical-align": ["", "top", "middle", "bottom"],
  mode: ["", "horizontal", "vertical"],
  name: ["facebook", "github", "instagram", "linkedin", "medium", "pinterest", "snapchat", "soundcloud", "tumblr", "twitter", "vimeo", "web", "x", "xing", "youtube"],
};
const TESTS = ["set", "unset", "eq", "ne", "gt", "gteq", "lt", "lteq", "has"];
const HEX = /^#[0-9a-f]{6}$/i;

const create = (name, properties = {}, ...children) => {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
};

export class Panel {
  // on: act(request), pickImage(view), move(view, step), possible(view)
  constructor(place, words, on) {
    Object.assign(this, { place, words, on });
  }

  show(view, title, properties) {
    this.view = view;
    this.properties = properties;
    const parts = [create("h2", { textContent: title })];
    if (view.original) parts.push(this.original(view));
    if (view.kind === "mj-image") parts.push(this.button("pickImage", () => this.on.pickImage(this.view)));
    if (FIELDS[view.kind]) parts.push(...this.fields(view));
    if (view.kind === "mj-raw") parts.push(this.rawCode(view));
    if (view.kind === "frame") parts.push(...this.ownPlace(view, this.words.frameHelp));
    if (view.kind === "include") parts.push(...this.ownPlace(view, this.words.includeHelp));
    if (view.code && !["mj-raw", "branch", "repeat", "frame", "include"].includes(view.kind))
      parts.push(create("p", { className: "soft", textContent: this.words.lockedHelp }));
    parts.push(...this.conditions(view), this.acts(view));
    this.place.replaceChildren(...parts);
  }

  // A tab of its own: the page of the email keeps what is typed.
  ownPlace(view, help) {
    const href = `/console/partials/edit?name=${encodeURIComponent(view.name)}`;
    const link = create("a", { href, target: "_blank", textContent: this.words.editInPlace });
    return [create("p", { className: "soft", textContent: help }), create("p", {}, link)];
  }

  original(view) {
    const quote = create("blockquote", { textContent: view.original });
    const heading = create("p", { className: "soft", textContent: view.untranslated ? this.words.untranslated : this.words.original });
    return create("div", {}, heading, quote);
  }

  button(name, act, properties = {}) {
    const button = create("button", { type: "button", textContent: this.words.acts[name], ...properties });
    button.addEventListener("click", act);
    return button;
  }

  labelled(text, input) {
    const id = `block-${text.replace(/\W+/g, "-")}-${this.count = (this.count ?? 0) + 1}`;
    input.id = id;
    return create("div", { className: "field" }, create("label", { htmlFor: id, textContent: text }), input);
  }

  fields(view) {
    return FIELDS[view.kind].map((name) => {
      const value = view.attributes?.[name] ?? "";
      const input = CHOICES[name]?.includes(value) ? this.choice(CHOICES[name], value) : create("input", { value, spellcheck: name === "alt" });
      input.placeholder = view.look?.[name] ?? "";
      input.dataset.attribute = name;
      const set = () => {
        if (input.value !== (this.view.attributes?.[name] ?? ""))
          this.on.act({ do: "attributes", path: this.view.path, attributes: { [name]: input.value || (name === "alt" || name === "src" ? "" : null) } });
      };
      input.addEventListener("change", set);
      const field = this.labelled(this.words.attributes[name] ?? name, input);
      if (name.endsWith("color")) field.append(this.colour(name, input, view, set));
      if (name === "alt" && !value) field.append(create("small", { className: "wrong", textContent: this.words.needsAlt }));
      return field;
    });
  }

  colour(name, input, view, set) {
    const shown = [input.value, view.look?.[name]].find((value) => HEX.test(value ?? "")) ?? "#000000";
    const picker = create("input", { type: "color", value: shown, ariaLabel: `${this.words.attributes[name] ?? name}: ${this.words.pick}` });
    picker.addEventListener("change", () => {
      input.value = picker.value;
      set();
    });
    return picker;
  }

  choice(values, chosen, label = (value) => value || this.words.unset) {
    const select = create("select");
    select.append(...values.map((value) => create("option", { value, textContent: label(value), selected: value === chosen })));
    return select;
  }

  rawCode(view) {
    const area = create("textarea", { value: view.code, rows: 8, spellcheck: false });
    area.addEventListener("change", () => this.on.act({ do: "code", path: this.view.path, code: area.value }));
    return this.labelled("HTML", area);
  }

  // A condition or a repetition is edited on its own block. Another block can be wrapped in one.
  conditions(view) {
    const wraps = view.parent?.holds && view.kind !== "condition" && view.parent.holds !== "parts";
    if (view.kind === "branch" && !view.otherwise)
      return view.condition ? [this.builder(view, view.condition)] : [this.lockedCondition(view)];
    if (view.kind === "repeat") return view.repeat ? [this.repetition(view, view.repeat)] : [this.lockedCondition(view)];
    if (!wraps || view.kind === "branch") return [];
    const when = create("details", {}, create("summary", { textContent: this.words.when }), this.builder(view, { terms: [{ path: "" }] }));
    const repeat = create("details", {}, create("summary", { textContent: this.words.repeat }), this.repetition(view, { list: "", item: "item" }));
    return [when, repeat];
  }

  lockedCondition(view) {
    return create("div", {}, create("p", { className: "soft", textContent: this.words.lockedCondition }), create("pre", { textContent: view.code }));
  }

  builder(view, condition) {
    const rows = create("div", { className: "terms" });
    const add = (term) => rows.append(this.term(term));
    for (const term of condition.terms) add(term);
    const any = this.choice(["all", "any"], condition.any ? "any" : "all", (value) => this.words[value]);
    const apply = this.button("apply", () => {
      const terms = [...rows.children].map((row) => row.read()).filter((term) => term.path);
      this.on.act({ do: "when", path: this.view.path, condition: { terms, any: any.value === "any" && terms.length > 1 } });
    });
    const parts = [this.labelled(this.words.whichTerms, any), rows, this.button("term", () => add({ path: "" })), apply];
    if (view.kind === "branch" && view.parent.children.length === 1) parts.push(this.button("always", () => this.on.act({ do: "unwrap", path: view.parent.path })));
    return create("div", { className: "builder" }, ...parts);
  }

  term(term) {
    const path = create("input", { value: term.path, ariaLabel: this.words.property, placeholder: this.words.property, spellcheck: false });
    path.setAttribute("list", "block-properties");
    const test = this.choice(TESTS, term.test ?? "set", (value) => this.words.tests[value]);
    test.ariaLabel = this.words.test;
    const value = create("input", { value: String(term.value ?? ""), ariaLabel: this.words.value, placeholder: this.words.value });
    const show = () => (value.hidden = ["set", "unset"].includes(test.value));
    test.addEventListener("change", show);
    show();
    const row = create("div", { className: "term" }, path, test, value);
    row.read = () => ({ path: path.value.trim(), test: test.value, ...(value.hidden ? {} : { value: read(value.value) }) });
    return row;
  }

  repetition(view, repeat) {
    const list = create("input", { value: repeat.list, spellcheck: false });
    list.setAttribute("list", "block-properties");
    const item = create("input", { value: repeat.item, spellcheck: false });
    const apply = this.button("apply", () =>
      this.on.act({ do: "repeat", path: this.view.path, repeat: { list: list.value.trim(), item: item.value.trim() } }),
    );
    const parts = [this.labelled(this.words.list, list), this.labelled(this.words.item, item), apply];
    if (view.kind === "repeat") parts.push(this.button("once", () => this.on.act({ do: "unwrap", path: view.path })));
    return create("div", { className: "builder" }, ...parts);
  }

  acts(view) {
    const { movable, removable } = this.on.possible(view);
    const group = create("div", { className: "actions", role: "group", ariaLabel: this.words.actsLabel });
    if (movable) group.append(this.button("up", () => this.on.move(view, -1)), this.button("down", () => this.on.move(view, 1)), this.button("duplicate", () => this.on.act({ do: "duplicate", path: view.path })));
    if (removable) group.append(this.button("delete", () => this.on.act({ do: "delete", path: view.path })));
    return group;
  }
}

const NUMBER = /^-?\d{1,15}(\.\d{1,10})?$/;
const read = (text) => (NUMBER.test(text) ? Number(text) : { true: true, false: false }[text] ?? text);
