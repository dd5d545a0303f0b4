// One text of the canvas, edited in place by ProseMirror, and the tools that act on the text in which the cursor is.
import { baseKeymap, chainCommands, setBlockType, toggleMark } from "prosemirror-commands";
import { keymap } from "prosemirror-keymap";
import { Node } from "prosemirror-model";
import { liftListItem, sinkListItem, splitListItem, wrapInList } from "prosemirror-schema-list";
import { EditorState, NodeSelection, TextSelection } from "prosemirror-state";
import { EditorView } from "prosemirror-view";
import { schema } from "./schema.js";

const { nodes, marks } = schema;
const lineBreak = (state, dispatch) => {
  dispatch?.(state.tr.replaceSelectionWith(nodes.hard_break.create()).scrollIntoView());
  return true;
};
// Typing over it keeps the kind of the first paragraph: the whole document as a selection would not.
const selectText = (state, dispatch) => {
  const { doc, tr } = state;
  dispatch?.(tr.setSelection(TextSelection.between(doc.resolve(0), doc.resolve(doc.content.size))));
  return true;
};
const keys = (form) => ({
  "Mod-a": selectText,
  "Mod-b": toggleMark(marks.strong),
  "Mod-i": toggleMark(marks.em),
  "Mod-u": toggleMark(marks.underline),
  "Shift-Enter": lineBreak,
  Enter: form === "line" ? lineBreak : splitListItem(nodes.list_item),
});

export const isEmpty = (content) => !content?.length;

const documentOf = (content) =>
  Node.fromJSON(schema, { type: "doc", content: isEmpty(content) ? [{ type: "paragraph" }] : content });

// `on`: changed(nodes), focused(), chip(element, attrs) shows a chip, dropped() → whether a block is dragged, moved(view).
export function editText(place, content, { form, label, on }) {
  const view = new EditorView(place, {
    state: EditorState.create({
      doc: documentOf(content),
      plugins: [keymap(keys(form)), keymap(baseKeymap)],
    }),
    attributes: { role: "textbox", "aria-multiline": "true", "aria-label": label },
    nodeViews: { chip: (node) => chipView(node, on) },
    dispatchTransaction(transaction) {
      view.updateState(view.state.apply(transaction));
      if (transaction.docChanged) on.changed(nodesOf(view));
      on.moved(view);
    },
    handleDOMEvents: {
      focus: () => on.focused(view),
    },
    handleDrop: () => on.dropped(),
  });
  return view;
}

export const nodesOf = (view) => view.state.doc.toJSON().content.map(plain);

// The server reads absent attributes as empty.
function plain(node) {
  const attrs = Object.fromEntries(Object.entries(node.attrs ?? {}).filter(([, value]) => value !== null));
  return {
    ...node,
    attrs,
    ...(node.content ? { content: node.content.map(plain) } : {}),
    ...(node.marks ? { marks: node.marks } : {}),
  };
}

function chipView(node, on) {
  const dom = document.createElement("span");
  dom.className = "chip";
  dom.dataset.code = node.attrs.code;
  on.chip(dom, node.attrs);
  return { dom };
}

const run = (command) => (view) => {
  command(view.state, view.dispatch, view);
  view.focus();
};

const inList = (state, type) => {
  for (let depth = state.selection.$from.depth; depth > 0; depth--)
    if (state.selection.$from.node(depth).type === type) return true;
  return false;
};
const list = (type) =>
  run((state, dispatch) =>
    inList(state, type) ? liftListItem(nodes.list_item)(state, dispatch) : wrapInList(type)(state, dispatch),
  );

export const tools = {
  bold: run(toggleMark(marks.strong)),
  italic: run(toggleMark(marks.em)),
  underline: run(toggleMark(marks.underline)),
  bullets: list(nodes.bullet_list),
  numbers: list(nodes.ordered_list),
  indent: run(sinkListItem(nodes.list_item)),
  paragraph: run(setBlockType(nodes.paragraph)),
  heading: run((state, dispatch) =>
    chainCommands(setBlockType(nodes.heading, { level: 2 }), setBlockType(nodes.paragraph))(state, dispatch),
  ),
};

export const isOn = (view, name) => {
  const type = { bold: marks.strong, italic: marks.em, underline: marks.underline }[name];
  if (type) {
    const { from, $from, to, empty } = view.state.selection;
    return empty ? !!type.isInSet(view.state.storedMarks ?? $from.marks()) : view.state.doc.rangeHasMark(from, to, type);
  }
  if (name === "heading") return view.state.selection.$from.parent.type === nodes.heading;
  if (name === "bullets") return inList(view.state, nodes.bullet_list);
  return name === "numbers" && inList(view.state, nodes.ordered_list);
};

export function setLink(view, href) {
  const { from, to, empty } = view.state.selection;
  if (!href) return run(toggleMark(marks.link))(view);
  if (empty) {
    const text = schema.text(href, [marks.link.create({ href })]);
    view.dispatch(view.state.tr.replaceSelectionWith(text, false));
  } else {
    view.dispatch(view.state.tr.removeMark(from, to, marks.link).addMark(from, to, marks.link.create({ href })));
  }
  view.focus();
}

export function setColor(view, color) {
  const { from, to } = view.state.selection;
  view.dispatch(view.state.tr.removeMark(from, to, marks.style).addMark(from, to, marks.style.create({ color })));
  view.focus();
}

export function insertChip(view, path, fallback) {
  view.dispatch(view.state.tr.replaceSelectionWith(nodes.chip.create({ path, default: fallback })).scrollIntoView());
  view.focus();
}

export const selectedChip = (view) =>
  view.state.selection instanceof NodeSelection && view.state.selection.node.type === nodes.chip
    ? view.state.selection.node.attrs
    : null;

export const linkAt = (view) => {
  const { $from, from, to, empty } = view.state.selection;
  let found = empty ? marks.link.isInSet($from.marks()) : null;
  if (!empty) view.state.doc.nodesBetween(from, to, (node) => (found ??= marks.link.isInSet(node.marks)));
  return found?.attrs.href ?? "";
};

export function putCursor(view, at) {
  const end = view.state.doc.content.size;
  view.dispatch(view.state.tr.setSelection(TextSelection.near(view.state.doc.resolve(Math.min(at, end)))));
  view.focus();
}
