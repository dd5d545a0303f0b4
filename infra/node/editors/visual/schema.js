// The text of a block, as functions/core/templates/blocks/rich_text.py reads and writes it. `open` and `code` are the author's octets.
import { Schema } from "prosemirror-model";

const opened = { open: { default: "" } };

export const schema = new Schema({
  nodes: {
    doc: { content: "block+" },
    paragraph: { group: "block", content: "inline*", attrs: opened, parseDOM: [{ tag: "p" }], toDOM: () => ["p", 0] },
    heading: {
      group: "block",
      content: "inline*",
      attrs: { ...opened, level: { default: 2 } },
      defining: true,
      parseDOM: [1, 2, 3, 4, 5, 6].map((level) => ({ tag: `h${level}`, attrs: { level } })),
      toDOM: (node) => [`h${node.attrs.level}`, 0],
    },
    bullet_list: {
      group: "block",
      content: "list_item+",
      attrs: opened,
      parseDOM: [{ tag: "ul" }],
      toDOM: () => ["ul", 0],
    },
    ordered_list: {
      group: "block",
      content: "list_item+",
      attrs: opened,
      parseDOM: [{ tag: "ol" }],
      toDOM: () => ["ol", 0],
    },
    list_item: {
      content: "paragraph block*",
      attrs: opened,
      defining: true,
      parseDOM: [{ tag: "li" }],
      toDOM: () => ["li", 0],
    },
    locked: {
      group: "block",
      atom: true,
      attrs: { code: { default: "" } },
      toDOM: (node) => ["pre", { class: "locked" }, node.attrs.code],
    },
    text: { group: "inline" },
    hard_break: {
      group: "inline",
      inline: true,
      selectable: false,
      attrs: { code: { default: "" } },
      parseDOM: [{ tag: "br" }],
      toDOM: () => ["br"],
    },
    chip: {
      group: "inline",
      inline: true,
      atom: true,
      attrs: { code: { default: "" }, path: { default: "" }, default: { default: "" } },
      toDOM: (node) => ["span", { class: "chip" }, node.attrs.code || node.attrs.path],
    },
    code: {
      group: "inline",
      inline: true,
      atom: true,
      attrs: { code: { default: "" } },
      toDOM: (node) => ["code", { class: "locked" }, node.attrs.code],
    },
  },
  marks: {
    link: {
      attrs: { ...opened, href: { default: "" } },
      inclusive: false,
      parseDOM: [{ tag: "a[href]", getAttrs: (dom) => ({ href: dom.getAttribute("href") }) }],
      toDOM: (mark) => ["a", { title: mark.attrs.href }, 0],
    },
    style: {
      attrs: { ...opened, color: { default: "" } },
      excludes: "",
      toDOM: (mark) => ["span", mark.attrs.color ? { style: `color: ${mark.attrs.color}` } : {}, 0],
    },
    strong: { attrs: opened, parseDOM: [{ tag: "strong" }, { tag: "b" }], toDOM: () => ["strong", 0] },
    em: { attrs: opened, parseDOM: [{ tag: "em" }, { tag: "i" }], toDOM: () => ["em", 0] },
    underline: { attrs: opened, parseDOM: [{ tag: "u" }], toDOM: () => ["u", 0] },
    strike: { attrs: opened, parseDOM: [{ tag: "s" }], toDOM: () => ["s", 0] },
  },
});
