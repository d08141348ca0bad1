import { useEffect, useRef, useState } from 'preact/hooks';
import type { JsonEditor, Remark } from './editor';

interface Props {
  text: string;
  label: string;
  onChange: (text: string) => void;
  onPlace?: (pointer: string | null) => void;
  /** Places that are lit up, as JSON pointers. */
  lit?: string[];
  remarks?: Remark[];
}

/** The editor, loaded when it is first needed; until then a plain text field takes what is typed. */
export function JsonEditorField({ text, label, onChange, onPlace, lit, remarks }: Props) {
  const parent = useRef<HTMLDivElement>(null);
  const [editor, setEditor] = useState<JsonEditor | null>(null);
  // The editor outlives the closures it was made with.
  const latest = useRef({ onChange, onPlace });
  latest.current = { onChange, onPlace };
  useEffect(() => {
    let made: JsonEditor | null = null;
    let isGone = false;
    void import('./editor').then(({ JsonEditor }) => {
      if (isGone || !parent.current) return;
      made = new JsonEditor({
        parent: parent.current,
        text,
        label,
        onChange: (changed) => latest.current.onChange(changed),
        onPlace: (pointer) => latest.current.onPlace?.(pointer),
      });
      setEditor(made);
    });
    return () => {
      isGone = true;
      made?.destroy();
    };
  }, []);
  useEffect(() => editor?.setText(text), [editor, text]);
  const shining = lit?.join('\n') ?? '';
  useEffect(() => editor?.light(shining ? shining.split('\n') : [], true), [editor, shining]);
  const said = JSON.stringify(remarks ?? []);
  useEffect(() => editor?.remark(JSON.parse(said) as Remark[]), [editor, said, text]);
  return (
    <div class="editor">
      <div class="editor-host" ref={parent} />
      {editor ? null : (
        <textarea
          class="editor-stand-in"
          aria-label={label}
          value={text}
          spellcheck={false}
          onInput={(event) => onChange(event.currentTarget.value)}
        />
      )}
    </div>
  );
}
