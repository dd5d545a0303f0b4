// HubL in HTML and MJML: colours its marks, and completes properties, filters, functions and tags from the list that the page serves.
import { Decoration, MatchDecorator, ViewPlugin } from "@codemirror/view";

const MARKS = /\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\}|\{#[\s\S]*?#\}/g;
const expression = Decoration.mark({ class: "cm-hubl" });
const comment = Decoration.mark({ class: "cm-hubl-comment" });
const marks = new MatchDecorator({ regexp: MARKS, decoration: (match) => (match[0].startsWith("{#") ? comment : expression) });

export const hubl = ViewPlugin.fromClass(
  class {
    constructor(view) {
      this.decorations = marks.createDeco(view);
    }
    update(update) {
      this.decorations = marks.updateDeco(update, this.decorations);
    }
  },
  { decorations: (plugin) => plugin.decorations },
);

// MJML's elements, for completion inside a tag.
const ELEMENTS = [
  "mjml", "mj-head", "mj-attributes", "mj-all", "mj-class", "mj-breakpoint", "mj-font", "mj-preview", "mj-style", "mj-title",
  "mj-body", "mj-wrapper", "mj-section", "mj-group", "mj-column", "mj-text", "mj-button", "mj-image", "mj-divider", "mj-spacer",
  "mj-table", "mj-social", "mj-social-element", "mj-navbar", "mj-navbar-link", "mj-hero", "mj-raw", "mj-accordion",
  "mj-accordion-element", "mj-accordion-title", "mj-accordion-text", "mj-carousel", "mj-carousel-image",
];
export const mjmlSchema = () => ({ extraTags: Object.fromEntries(ELEMENTS.map((name) => [name, {}])) });

let words;
const load = (url) => (words ??= fetch(url).then((response) => (response.ok ? response.json() : {}), () => ({})));

const options = (names = [], type, after = "") => names.map(({ name, detail }) => ({ label: name, detail, type, apply: name + after }));

// Returns the mark that the cursor is in: "{{", "{%" or none.
function opened(before) {
  const place = Math.max(before.lastIndexOf("{{"), before.lastIndexOf("{%"));
  if (place < 0) return null;
  const rest = before.slice(place);
  return rest.includes("}}") || rest.includes("%}") ? null : rest;
}

// Completes HubL inside its marks, and HTML everywhere else.
export const hublCompletions = (url, htmlCompletions) => async (context) => {
  const line = context.state.doc.lineAt(context.pos);
  const inside = opened(context.state.sliceDoc(Math.max(0, line.from - 500), context.pos));
  if (inside === null) return htmlCompletions(context);
  const word = context.matchBefore(/[\w.]*$/);
  if (!word || (word.from === word.to && !context.explicit && !/[|{%]\s?$/.test(inside))) return null;
  const known = await load(url);
  const from = word.from;
  if (/\|\s*\w*$/.test(inside)) return { from, options: options(known.filters, "function"), validFor: /^\w*$/ };
  if (/^\{%-?\s*\w*$/.test(inside)) return { from, options: options(known.tags, "keyword"), validFor: /^\w*$/ };
  const found = [...options(known.properties, "variable"), ...options(known.functions, "function", "(")];
  return { from, options: found, validFor: /^[\w.]*$/ };
};
