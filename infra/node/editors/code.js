// The code view of the Write page: CodeMirror on textarea[name=body]. static/draft.js saves what it writes there.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { html, htmlCompletionSourceWith } from "@codemirror/lang-html";
import {
  bracketMatching,
  defaultHighlightStyle,
  foldGutter,
  foldKeymap,
  HighlightStyle,
  indentOnInput,
  syntaxHighlighting,
} from "@codemirror/language";
import { lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { hubl, hublCompletions, mjmlSchema } from "./hubl.js";
import { onChecked, ours } from "./issues.js";

const form = document.getElementById("draft");
const area = form.elements.body;
const label = document.querySelector("label[for=body]");

const [visualLink] = document.querySelectorAll(".bar nav.choice a[href*=visual]"); // both views share the place
const theme = EditorView.theme({
  "&": { backgroundColor: "var(--sheet)", color: "var(--ink)", maxHeight: "70vh" },
  "&.cm-focused": { outline: "2px solid var(--accent)" },
  ".cm-scroller": { fontFamily: "var(--mono)", fontSize: ".84rem", lineHeight: "1.55", minHeight: "24rem" },
  ".cm-content": { caretColor: "var(--ink)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": { backgroundColor: "var(--sheet)", color: "var(--soft)", borderRightColor: "var(--line)" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--hover)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "color-mix(in srgb, var(--accent) 25%, transparent)",
  },
  ".cm-tooltip, .cm-panels": { backgroundColor: "var(--sheet)", color: "var(--ink)", borderColor: "var(--edge)" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--accent)", color: "var(--on-accent)" },
  // The page's policy has no pictures in data: URLs, which these marks have by default.
  ".cm-lint-marker": { width: ".7em", height: ".7em", borderRadius: "50%" },
  ".cm-lint-marker-error": { content: "none", background: "var(--bad)" },
  ".cm-lint-marker-warning": { content: "none", background: "var(--edge)", borderRadius: "0" },
  ".cm-lintRange-error": { backgroundImage: "none", textDecoration: "underline wavy var(--bad)" },
  ".cm-lintRange-warning": { backgroundImage: "none", textDecoration: "underline wavy var(--edge)" },
  ".cm-hubl": { color: "var(--accent)", fontWeight: "600" },
  ".cm-hubl-comment": { color: "var(--soft)", fontStyle: "italic" },
});
const colours = HighlightStyle.define([
  { tag: tags.tagName, color: "var(--good)" },
  { tag: tags.attributeName, color: "var(--soft)" },
  { tag: [tags.attributeValue, tags.string], color: "var(--ink)" },
  { tag: tags.comment, color: "var(--soft)", fontStyle: "italic" },
  { tag: tags.invalid, color: "var(--bad)" },
]);

const editor = new EditorView({
  doc: area.value,
  parent: area.parentElement,
  extensions: [
    EditorView.cspNonce.of(form.dataset.nonce),
    lineNumbers(),
    foldGutter(),
    lintGutter(),
    highlightSpecialChars(),
    history(),
    drawSelection(),
    indentOnInput(),
    bracketMatching(),
    closeBrackets(),
    highlightActiveLine(),
    highlightSelectionMatches(),
    html({ matchClosingTags: false, selfClosingTags: true, ...mjmlSchema() }),
    hubl,
    autocompletion({ override: [hublCompletions(form.dataset.words, htmlCompletionSourceWith(mjmlSchema()))] }),
    syntaxHighlighting(colours),
    syntaxHighlighting(defaultHighlightStyle, { fallback: true }),
    theme,
    EditorView.lineWrapping,
    EditorView.contentAttributes.of({ "aria-label": label.textContent, spellcheck: "false" }),
    keymap.of([
      ...closeBracketsKeymap,
      ...defaultKeymap,
      ...searchKeymap,
      ...historyKeymap,
      ...foldKeymap,
      ...completionKeymap,
      ...lintKeymap,
    ]),
    EditorView.updateListener.of((update) => {
      if (visualLink) visualLink.hash = `at=${update.state.selection.main.head}`;
      if (!update.docChanged) return;
      area.value = update.state.doc.toString();
      area.dispatchEvent(new Event("input", { bubbles: true }));
    }),
  ],
});
editor.dom.classList.add("editor");
editor.scrollDOM.tabIndex = 0; // it scrolls by keyboard, too
const place = Number(/^#at=(\d+)$/.exec(location.hash)?.[1] ?? 0);
if (place) editor.dispatch({ selection: { anchor: Math.min(place, editor.state.doc.length) }, scrollIntoView: true });
area.hidden = true;
label.addEventListener("click", () => editor.focus());

const diagnostic = (issue, severity) => {
  const line = editor.state.doc.line(Math.min(issue.line, editor.state.doc.lines));
  const from = Math.min(line.from + Math.max((issue.column ?? 1) - 1, 0), line.to);
  return { from, to: line.to, severity, message: issue.message };
};

onChecked((every) => {
  const marks = every.filter(([issue]) => issue.line && ours(issue.where));
  editor.dispatch(
    setDiagnostics(
      editor.state,
      marks.map(([issue, severity]) => diagnostic(issue, severity)).sort((one, other) => one.from - other.from),
    ),
  );
});
