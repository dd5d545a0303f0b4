// The visual view of the Write page. The server changes the source, by requests; this script shows its blocks and edits their texts.
// What the view writes into textarea[name=body], static/draft.js saves.
import { onChecked, ours } from "./issues.js";
import { Canvas } from "./visual/canvas.js";
import { hasFiles, imageIn, ImagePicker } from "./visual/images.js";
import { Panel } from "./visual/panel.js";
import { Requests } from "./visual/requests.js";
import { insertChip, isOn, linkAt, putCursor, selectedChip, setColor, setLink, tools } from "./visual/text.js";
import { Toolbar } from "./visual/toolbar.js";

const form = document.getElementById("draft");
const area = form.elements.body;
const home = document.getElementById("visual");
const words = JSON.parse(home.dataset.words);
const message = document.getElementById("visual-message");
const toolbar = document.getElementById("text-tools");
const chipMenu = document.getElementById("chip-path");
const chipDefault = document.getElementById("chip-default");
const link = document.getElementById("link-address");
const palette = document.getElementById("palette");
const undoButton = document.getElementById("undo");
const redoButton = document.getElementById("redo");
const [visualLink, codeLink] = document.querySelectorAll(".bar nav.choice a");
const HISTORY_MAX = 200;
const TYPE_EVERY = 700;

let root = null; // the tree of the source, as a view
let chips = {};
let properties = {};
let selected = null; // a view
let active = null; // { view, editor }: the text in which the cursor is
let typing = null; // { timer, path, nodes }: a text that was not sent yet
let dragged = null; // { path } or { name }
const undone = [];
const done = [];

const announce = (text) => {
  message.textContent = text;
  message.hidden = !text;
};
const bar = new Toolbar(toolbar, () => (active ? active.editor.focus() : canvas.focus(selected?.path)));
const sampleOf = (path) => properties[path]?.sample;

const requests = new Requests(form, home.dataset.blocks, {
  applied,
  refused: (errors) => {
    announce(errors.map((error) => error.message).join("; "));
    settled();
  },
  state: (name) => void form.dispatchEvent(new CustomEvent("draft:pending", { detail: { state: name } })),
});

const canvas = new Canvas(document.getElementById("canvas"), words, {
  changed: (view, nodes) => {
    if (typing && typing.path !== view.path) sendTyped();
    typing = { path: view.path, nodes, timer: typing?.timer ?? setTimeout(sendTyped, TYPE_EVERY) };
    form.dispatchEvent(new CustomEvent("draft:pending", { detail: { state: "unsaved" } }));
  },
  focused: (view, editor) => {
    active = { view, editor };
    select(view);
    showTools();
  },
  moved: showTools,
  chip: showChip,
  dropped: () => dragged !== null,
  picture: (src) => /^(https:|data:image\/|\/)/.test(src) || src.startsWith(`${location.origin}/`),
});

const picker = new ImagePicker(document.getElementById("image-picker"), form, words.images);

const panel = new Panel(document.getElementById("panel"), words, {
  act,
  move: moveBy,
  possible,
  pickImage: (view) =>
    picker.open(({ src, alt }) => act({ do: "attributes", path: view.path, attributes: { src, alt } }), {
      alt: view.attributes?.alt ?? "",
    }),
});

// Requests and their answers

function sendTyped() {
  if (!typing) return;
  clearTimeout(typing.timer);
  const { path, nodes } = typing;
  typing = null;
  requests.send({ do: "text", path, nodes });
}

async function act(request) {
  sendTyped();
  announce("");
  form.dispatchEvent(new CustomEvent("draft:pending", { detail: { state: "unsaved" } }));
  await requests.send(request);
}

function applied(answer, request) {
  if (request && answer.body !== area.value) {
    done.push({ body: area.value, path: selected?.path ?? "", cursor: cursor() });
    if (done.length > HISTORY_MAX) done.shift();
    undone.length = 0;
  }
  write(answer.body);
  const isFirst = !root;
  root = answer.document;
  chips = answer.chips;
  if (isFirst) listIssues(); // the check may have come before the blocks
  if (request?.do === "text") canvas.refresh(answer.document);
  else redraw(answer.document, request ? answer.path : (selected?.path ?? pathAt(answer.document, place())));
  if (selected) select(canvas.views.get(selected.path) ?? null);
  for (const element of home.querySelectorAll(".chip")) showChip(element, { code: element.dataset.code });
  settled();
}

function write(body) {
  showHistory();
  if (area.value === body) return;
  area.value = body;
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

// An input event ends the waiting: what is still here begins it again.
function settled() {
  if (typing || !requests.idle) form.dispatchEvent(new CustomEvent("draft:pending", { detail: { state: "unsaved" } }));
  else form.dispatchEvent(new CustomEvent("draft:settled"));
}

form.addEventListener("draft:flush", ({ detail }) => {
  sendTyped();
  if (requests.running) detail.push(requests.running);
});

function redraw(document_, path) {
  active = null;
  canvas.show(document_);
  selected = canvas.views.get(path) ?? selected;
  if (path && !canvas.views.has(path)) selected = canvas.views.get(path.split(".").slice(0, -1).join(".")) ?? null;
  if (selected) canvas.focus(selected.path);
  showTools();
}

// History: the sources before each change

const cursor = () => (active?.view.path === selected?.path ? active?.editor.state.selection.head : undefined);

function showHistory() {
  undoButton.disabled = !done.length;
  redoButton.disabled = !undone.length;
  bar.settle();
}

async function step(from, to) {
  sendTyped();
  await requests.running;
  const entry = from.pop();
  if (!entry) return;
  to.push({ body: area.value, path: selected?.path ?? "", cursor: cursor() });
  selected = { path: entry.path };
  await requests.send(null, entry.body);
  const text = canvas.editors.get(entry.path);
  if (text && entry.cursor !== undefined) putCursor(text.editor, entry.cursor);
  showHistory();
}

const undo = () => step(done, undone);
const redo = () => step(undone, done);
undoButton.addEventListener("click", undo);
redoButton.addEventListener("click", redo);

// Selection, and the place that both views share

function select(view) {
  selected = view;
  canvas.select(view?.path);
  if (!view) return;
  panel.show(view, canvas.label(view), properties);
  codeLink.hash = `at=${view.start}`;
}

const place = () => Number(/at=(\d+)/.exec(location.hash)?.[1] ?? -1);

function pathAt(view, offset) {
  const inner = view.children.find((child) => child.start <= offset && offset <= child.end);
  return inner ? pathAt(inner, offset) : view.path;
}

// Returns the offset of a line and a column of the source, both from 1.
function offsetOf({ line, column }) {
  const before = area.value.split("\n").slice(0, line - 1);
  return before.reduce((sum, text) => sum + text.length + 1, 0) + (column ?? 1) - 1;
}

function linkToBlock(issue) {
  if (!root || !issue.line || !ours(issue.where)) return null;
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "quiet", textContent: words.showBlock });
  button.addEventListener("click", () => canvas.focus(pathAt(root, offsetOf(issue))));
  return button;
}
const listIssues = onChecked(() => {}, linkToBlock);

canvas.place.addEventListener("focusin", (event) => {
  const block = event.target.closest(".block");
  if (event.target !== block) return;
  active = null;
  showTools();
  select(canvas.views.get(block.dataset.path));
});
canvas.place.addEventListener("keydown", (event) => {
  if (event.key !== "F10" || !event.altKey) return;
  event.preventDefault();
  bar.focus();
});
canvas.place.addEventListener("mousedown", (event) => {
  const block = event.target.closest(".block");
  if (block && !event.target.closest(".ProseMirror, .handle")) {
    event.preventDefault();
    canvas.focus(block.dataset.path);
  }
});

// Moves

const siblings = (view) => view.parent?.children ?? [];
const numberOf = (view) => Number(view.path.split(".").at(-1));

function possible(view) {
  const inPlace = ["mjml", "mj-head", "mj-body", "branch", "frame"].includes(view.kind);
  const movable = !inPlace && !!view.parent?.holds && view.parent.holds !== "parts";
  return { movable, removable: movable || view.kind === "code" };
}

function moveBy(view, step) {
  if (!possible(view).movable) return;
  const number = numberOf(view);
  const next = siblings(view)[number + step];
  if (next) return act({ do: "move", path: view.path, parent: view.parent.path, index: number + (step > 0 ? 2 : -1) });
  const outside = nextHolder(view, step);
  if (outside) return act({ do: "move", path: view.path, parent: outside.path, index: step > 0 ? 0 : outside.children.length });
}

// The nearest block before or after that can hold a block which is at the end of its own.
function nextHolder(view, step) {
  const every = [...canvas.views.values()];
  const at = every.indexOf(view);
  const inOrder = step > 0 ? every.slice(at + 1) : every.slice(0, at).reverse();
  const own = view.parent.path;
  return inOrder.find(
    (other) => other.path !== own && !other.path.startsWith(`${view.path}.`) && holds(other, view) && !own.startsWith(`${other.path}.`),
  );
}

const holds = (holder, view) => !!holder.holds && (view.levels ?? []).includes(holder.holds);

canvas.place.addEventListener("keydown", (event) => {
  const view = canvas.views.get(event.target.dataset.path);
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z") {
    event.preventDefault();
    return event.shiftKey ? redo() : undo();
  }
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "y") {
    event.preventDefault();
    return redo();
  }
  if (!view) {
    if (event.key === "Escape" && active) {
      event.preventDefault();
      canvas.focus(active.view.path);
    }
    return;
  }
  const text = canvas.editors.get(view.path)?.editor;
  const keys = {
    ArrowUp: () => (event.altKey ? moveBy(view, -1) : step_(view, -1)),
    ArrowDown: () => (event.altKey ? moveBy(view, 1) : step_(view, 1)),
    Delete: () => possible(view).removable && act({ do: "delete", path: view.path }),
    Enter: () => (text ? text.focus() : document.querySelector("#panel input, #panel textarea, #panel button")?.focus()),
    d: () => (event.ctrlKey || event.metaKey) && possible(view).movable && act({ do: "duplicate", path: view.path }),
  };
  const run = keys[event.key];
  if (!run || (event.key === "d" && !(event.ctrlKey || event.metaKey))) return;
  event.preventDefault();
  run();
});

function step_(view, step) {
  const every = [...canvas.views.keys()];
  const next = every[every.indexOf(view.path) + step];
  if (next !== undefined) canvas.focus(next);
}

// Palette

palette.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-block]");
  if (button) act({ do: "add", near: selected?.path ?? "", name: button.dataset.block });
});
palette.addEventListener("dragstart", (event) => {
  dragged = { name: event.target.dataset.block, levels: [event.target.dataset.level] };
  event.dataTransfer.setData("text/plain", event.target.textContent);
});

// Drag and drop

canvas.place.addEventListener("dragstart", (event) => {
  const view = canvas.views.get(event.target.closest?.(".block")?.dataset.path);
  if (!event.target.closest?.(".handle") || !possible(view).movable) return;
  dragged = { path: view.path, levels: view.levels };
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", canvas.label(view));
});

let target = null; // { parent, index, element, after }

function targetOf(event) {
  for (let element = event.target.closest(".block"); element; element = element.parentElement.closest(".block")) {
    const view = canvas.views.get(element.dataset.path);
    if (dragged.path !== undefined && (view.path === dragged.path || view.path.startsWith(`${dragged.path}.`))) return null;
    if (dragged.levels.includes(view.holds) && !view.children.length) return { parent: view, index: 0, element, after: true };
    if (view.parent?.holds && dragged.levels.includes(view.parent.holds)) {
      const box = element.getBoundingClientRect();
      const after = event.clientY > box.top + box.height / 2;
      return { parent: view.parent, index: numberOf(view) + (after ? 1 : 0), element, after };
    }
  }
  return null;
}

function showTarget(next) {
  target?.element.classList.remove("drop-before", "drop-after");
  target = next;
  target?.element.classList.add(target.after ? "drop-after" : "drop-before");
}

canvas.place.addEventListener("dragover", (event) => {
  if (!dragged && hasFiles(event.dataTransfer)) dragged = { files: true, levels: ["content"] };
  if (!dragged) return;
  showTarget(targetOf(event));
  if (target) event.preventDefault();
});
canvas.place.addEventListener("dragleave", (event) => {
  if (!dragged?.files || canvas.place.contains(event.relatedTarget)) return;
  showTarget(null);
  dragged = null;
});
canvas.place.addEventListener("drop", (event) => {
  if (!dragged) return;
  if (dragged.files) return dropFile(event);
  if (!target) return;
  event.preventDefault();
  const { parent, index } = target;
  if (dragged.name) act({ do: "insert", parent: parent.path, index, name: dragged.name });
  else act({ do: "move", path: dragged.path, parent: parent.path, index });
});
// A dropped file never replaces the page. It ends its own drag: the browser reports no dragend for it.
function dropFile(event) {
  event.preventDefault();
  const place = target ? { parent: target.parent.path, index: target.index } : { near: selected?.path ?? "" };
  showTarget(null);
  dragged = null;
  const file = imageIn(event.dataTransfer);
  if (!file) return announce(words.images.unreadable);
  picker.open((image) => act({ do: "image", ...place, ...image }), { file });
}

// A copied picture has no text. What an office program copies has both, and its text is pasted.
canvas.place.addEventListener(
  "paste",
  (event) => {
    const file = imageIn(event.clipboardData);
    if (!file || event.clipboardData.types.includes("text/plain")) return;
    event.preventDefault();
    event.stopPropagation();
    const near = selected?.path ?? "";
    picker.open((image) => act({ do: "image", near, ...image }), { file });
  },
  true,
);
document.addEventListener("dragend", () => {
  showTarget(null);
  dragged = null;
});

// The tools of a text

function showTools() {
  const editor = active?.editor;
  for (const button of toolbar.querySelectorAll("button[data-tool]")) {
    button.disabled = !editor;
    button.ariaPressed = String(!!editor && isOn(editor, button.dataset.tool));
  }
  for (const other of toolbar.querySelectorAll("[data-needs-text]")) other.disabled = !editor;
  bar.settle();
  if (!editor || document.activeElement?.closest("#text-tools")) return;
  link.value = linkAt(editor);
  const chip = selectedChip(editor);
  if (chip) {
    const info = chips[chip.code] ?? chip;
    chipMenu.value = info.path;
    chipDefault.value = info.default ?? "";
  }
}

function showChip(element, attrs) {
  const isBare = !attrs.default && !!attrs.path?.startsWith("contact."); // of a new chip, by the check's rule
  const info = chips[attrs.code] ?? { path: attrs.path, default: attrs.default, withoutDefault: isBare };
  if (!info.path && !attrs.code) return;
  const value = info.sample || sampleOf(info.path) || info.default;
  element.textContent = value || info.path || attrs.code;
  element.title = [attrs.code || info.path, info.withoutDefault ? words.noDefault : ""].filter(Boolean).join("\n");
  element.classList.toggle("warn", !!info.withoutDefault);
}

toolbar.addEventListener("mousedown", (event) => {
  if (event.target.closest("button")) event.preventDefault(); // the text keeps its cursor
});
toolbar.addEventListener("click", (event) => {
  const name = event.target.closest("button")?.dataset.tool;
  if (name && active) tools[name](active.editor);
});
document.getElementById("set-link").addEventListener("click", () => active && setLink(active.editor, link.value.trim()));
document.getElementById("text-color").addEventListener("change", (event) => active && setColor(active.editor, event.target.value));
document.getElementById("insert-chip").addEventListener("click", () => {
  if (active && chipMenu.value) insertChip(active.editor, chipMenu.value.trim(), chipDefault.value);
});

// The form: only the body and the fields of the frame are its own

home.addEventListener("input", (event) => event.stopPropagation());
home.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches("input, select")) {
    event.preventDefault();
    event.target.dispatchEvent(new Event("change", { bubbles: true }));
    document.getElementById({ "link-address": "set-link", "chip-path": "insert-chip", "chip-default": "insert-chip" }[event.target.id])?.click();
  }
});

async function readProperties() {
  const response = await fetch(form.dataset.words);
  const list = document.getElementById("block-properties");
  const answer = await response.json();
  properties = Object.fromEntries(answer.properties.map((one) => [one.name, one]));
  list.replaceChildren(...answer.properties.map(({ name, detail }) => Object.assign(document.createElement("option"), { value: name, label: detail ? `${detail} (${name})` : name })));
}

area.closest(".field").hidden = true;
home.hidden = false;
visualLink.hash = "";
showHistory();
showTools();
readProperties().catch(() => {});
requests.send(null);
