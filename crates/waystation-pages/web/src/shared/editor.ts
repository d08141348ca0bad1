import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { json, jsonParseLinter } from '@codemirror/lang-json';
import {
  bracketMatching,
  foldGutter,
  foldKeymap,
  HighlightStyle,
  indentOnInput,
  syntaxHighlighting,
  syntaxTree,
} from '@codemirror/language';
import { type Diagnostic, linter, lintGutter, lintKeymap, setDiagnostics } from '@codemirror/lint';
import { EditorState, type Range, StateEffect, StateField } from '@codemirror/state';
import {
  Decoration,
  type DecorationSet,
  drawSelection,
  EditorView,
  highlightActiveLine,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { rangeOf, pointerAt } from './json-tree';

/** What the page wants of an editor. */
export interface Wishes {
  parent: HTMLElement;
  text: string;
  label: string;
  onChange: (text: string) => void;
  /** Told where the cursor is, as a JSON pointer. */
  onPlace?: (pointer: string | null) => void;
}

/** A remark about a place of the document. */
export interface Remark {
  pointer: string;
  message: string;
}

const colours = HighlightStyle.define([
  { tag: tags.propertyName, color: 'var(--syntax-key)' },
  { tag: tags.string, color: 'var(--syntax-text)' },
  { tag: tags.number, color: 'var(--syntax-number)' },
  { tag: [tags.bool, tags.null], color: 'var(--syntax-word)' },
  { tag: tags.punctuation, color: 'var(--ink-soft)' },
]);

const theme = EditorView.theme({
  '&': { height: '100%', fontSize: 'var(--size-code)', backgroundColor: 'transparent', color: 'var(--ink)' },
  '&.cm-focused': { outline: '2px solid var(--accent)', outlineOffset: '-2px' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.55', overflow: 'auto' },
  '.cm-content': { padding: '8px 0', caretColor: 'var(--ink)' },
  '.cm-gutters': { backgroundColor: 'transparent', color: 'var(--ink-soft)', border: 'none' },
  '.cm-activeLine': { backgroundColor: 'var(--hover)' },
  '.cm-activeLineGutter': { backgroundColor: 'transparent' },
  '.cm-selectionBackground, &.cm-focused .cm-selectionBackground': { backgroundColor: 'var(--selection) !important' },
  '.cm-cursor': { borderLeftColor: 'var(--ink)' },
  '.cm-matchingBracket': { backgroundColor: 'var(--selection)' },
  '.cm-foldPlaceholder': { backgroundColor: 'var(--hover)', border: 'none', color: 'var(--ink-soft)' },
  '.cm-tooltip': { backgroundColor: 'var(--raised)', border: '1px solid var(--line)', color: 'var(--ink)' },
  '.cm-diagnostic': { fontFamily: 'var(--sans)', padding: '4px 8px' },
  '.lit': { backgroundColor: 'var(--lit)', borderRadius: '2px', boxShadow: '0 0 0 1px var(--lit-line)' },
});

const light = StateEffect.define<string[]>();

/** The places that are lit up. */
const lit = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, transaction) {
    for (const effect of transaction.effects) {
      if (effect.is(light)) return marked(transaction.state, effect.value);
    }
    return marks.map(transaction.changes);
  },
  provide: (field) => EditorView.decorations.from(field),
});

function marked(state: EditorState, pointers: string[]): DecorationSet {
  const ranges: Range<Decoration>[] = [];
  for (const pointer of pointers) {
    const range = rangeOf(state, syntaxTree(state), pointer);
    if (range && range.to > range.from) ranges.push(Decoration.mark({ class: 'lit' }).range(range.from, range.to));
  }
  return Decoration.set(ranges, true);
}

/** Text that replaces a selection is put there by a transaction: a browser that does it itself keeps the look of what was
 * there in an inline style, which the policy refuses. */
const replacing = EditorView.domEventHandlers({
  beforeinput(event, view) {
    if (event.inputType !== 'insertText' || event.data === null || view.composing || view.state.selection.main.empty) return false;
    event.preventDefault();
    view.dispatch(view.state.replaceSelection(event.data), { userEvent: 'input.type', scrollIntoView: true });
    return true;
  },
});

/** An editor for JSON. It stands in a shadow tree: its styles are sheets of objects there, which the content security
 * policy has no objection to. */
export class JsonEditor {
  private readonly view: EditorView;
  private silent = false;

  constructor(wishes: Wishes) {
    const root = wishes.parent.shadowRoot ?? wishes.parent.attachShadow({ mode: 'open' });
    root.replaceChildren();
    const place = document.createElement('div');
    place.className = 'editor-root';
    root.append(place);
    const sheet = new CSSStyleSheet();
    sheet.replaceSync('.editor-root { height: 100%; } :host { display: block; }');
    this.view = new EditorView({
      root,
      parent: place,
      state: EditorState.create({
        doc: wishes.text,
        extensions: [
          lineNumbers(),
          foldGutter(),
          history(),
          drawSelection(),
          indentOnInput(),
          bracketMatching(),
          highlightActiveLine(),
          json(),
          linter(jsonParseLinter(), { delay: 300 }),
          lintGutter(),
          syntaxHighlighting(colours),
          theme,
          lit,
          replacing,
          EditorState.tabSize.of(2),
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ 'aria-label': wishes.label, tabindex: '0' }),
          // Tab indents once the text is being edited; Escape before Tab leaves the editor, as CodeMirror has it.
          keymap.of([...defaultKeymap, ...historyKeymap, ...foldKeymap, ...lintKeymap, indentWithTab]),
          EditorView.updateListener.of((update) => {
            if (update.docChanged && !this.silent) wishes.onChange(update.state.doc.toString());
            if (update.selectionSet && wishes.onPlace) {
              const head = update.state.selection.main.head;
              wishes.onPlace(pointerAt(update.state, syntaxTree(update.state), head));
            }
          }),
        ],
      }),
    });
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  }

  /** Replaces the text, unless it is there already. */
  setText(text: string) {
    if (text === this.view.state.doc.toString()) return;
    this.silent = true;
    this.view.dispatch({ changes: { from: 0, to: this.view.state.doc.length, insert: text } });
    this.silent = false;
  }

  /** Lights up places, and brings the first of them into view. */
  light(pointers: string[], scroll: boolean) {
    const effects: StateEffect<unknown>[] = [light.of(pointers)];
    const first = pointers[0];
    const range = first === undefined ? null : rangeOf(this.view.state, syntaxTree(this.view.state), first);
    if (scroll && range) effects.push(EditorView.scrollIntoView(range.from, { y: 'nearest', yMargin: 40 }));
    this.view.dispatch({ effects });
  }

  /** Shows remarks at their places; those whose place is not there stand at the beginning. */
  remark(remarks: Remark[]) {
    const state = this.view.state;
    const diagnostics: Diagnostic[] = remarks.map(({ pointer, message }) => {
      const range = rangeOf(state, syntaxTree(state), pointer) ?? { from: 0, to: Math.min(1, state.doc.length) };
      return { from: range.from, to: range.to, severity: 'error', message };
    });
    this.view.dispatch(setDiagnostics(state, diagnostics));
  }

  focus() {
    this.view.focus();
  }

  destroy() {
    this.view.destroy();
  }
}
