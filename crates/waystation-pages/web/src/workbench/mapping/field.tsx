import { useState } from 'preact/hooks';
import { isObject, type Json, type JsonObject, pretty } from '../../shared/json';
import { Scalar } from '../../shared/json-view';
import { at, pointer as join, segments } from '../../shared/pointer';
import { Description } from '../fields/description';
import { type Filling, fillingOf, isRequired as required, isShown } from '../fields/rules';
import { ValueInput } from '../fields/value-input';
import { originsOf } from '../outcome';
import * as state from '../state';
import type { Field } from '../types';
import { DynamicChoices } from './dynamic';
import { problemAt } from './mapping';

interface Props {
  name: string;
  /** Its place in the payload. */
  pointer: string;
  field: Field;
  node: Json | undefined;
  isRequired: boolean;
  onChange: (node: Json | undefined) => void;
}

const FILLINGS: { key: Filling; label: string }[] = [
  { key: 'nothing', label: 'not set' },
  { key: 'path', label: 'from event' },
  { key: 'value', label: 'value' },
  { key: 'template', label: 'template' },
  { key: 'expression', label: 'expression' },
];

/** One field of the mapping: how it is filled, and what that makes of the event. */
export function MappingField(props: Props) {
  const { name, pointer, field, node, isRequired } = props;
  const [isExplained, setExplained] = useState(false);
  const seen = state.shownEvent.value;
  const path = segments(pointer).join('.');
  const fault = state.preview.value?.faults.find((one) => one.path === pointer || one.path.startsWith(`${pointer}/`));
  const problem = fault?.message ?? problemAt(seen?.fields, path);
  const lit = () => (state.litEvent.value = originsOf(state.shownEvent.value, pointer));
  const dark = () => (state.litEvent.value = []);
  const id = `field-${path}`;
  const described = `${id}-about`;
  const hasParts = field.properties !== undefined && !field.multiple && field.type === 'object' && (node === undefined || isPlain(node));
  return (
    <div class={`mapping-field${problem ? ' troubled' : ''}`} data-field={path} onMouseEnter={lit} onMouseLeave={dark} onFocusCapture={lit}>
      <div class="mapping-head">
        <label class="label" for={id}>
          {field.label}
          {isRequired ? <span class="required"> required</span> : null}
        </label>
        <code class="key">{name}</code>
        {hasParts ? null : <Result pointer={pointer} node={node} />}
        {field.description ? (
          <button type="button" class="quiet about" aria-expanded={isExplained} aria-label={`About ${field.label}`} onClick={() => setExplained(!isExplained)}>
            ?
          </button>
        ) : null}
      </div>
      {hasParts ? <Parts {...props} /> : <Filler {...props} id={id} described={described} problem={problem} />}
      {problem ? <p class="problem">{problem}</p> : null}
      {isExplained ? <Description id={described} text={field.description} /> : null}
    </div>
  );
}

/** An object that holds no directive. */
function isPlain(node: Json): node is JsonObject {
  return isObject(node) && !Object.keys(node).some((key) => key.startsWith('@'));
}

/** The declared properties of an object, each a field. */
function Parts({ pointer, field, node, onChange }: Props) {
  const object = isObject(node) ? node : {};
  const resolved = at(state.shownEvent.value?.resolved, pointer);
  const known = { mapping: object, resolved: isObject(resolved) ? resolved : null };
  const [showsAll, setShowsAll] = useState(false);
  const entries = Object.entries(field.properties ?? {}).filter(([, part]) => isShown(part, known));
  const filled = entries.filter(([key, part]) => object[key] !== undefined || required(part, known));
  const shown = showsAll ? entries : filled;
  return (
    <div class="parts">
      {shown.map(([key, part]) => (
        <MappingField
          key={key}
          name={key}
          pointer={pointer + join([key])}
          field={part}
          node={object[key]}
          isRequired={required(part, known)}
          onChange={(value) => {
            const { [key]: _, ...others } = object;
            const changed = value === undefined ? others : { ...object, [key]: value };
            onChange(Object.keys(changed).length === 0 ? undefined : changed);
          }}
        />
      ))}
      {entries.length > filled.length ? (
        <button type="button" class="small" onClick={() => setShowsAll(!showsAll)}>
          {showsAll ? 'Hide empty ones' : `Show ${entries.length - filled.length} empty ${entries.length - filled.length === 1 ? 'one' : 'ones'}`}
        </button>
      ) : null}
    </div>
  );
}

interface FillerProps extends Props {
  id: string;
  described: string;
  problem: string | undefined;
}

function Filler({ id, field, node, onChange, isRequired, problem, described, pointer }: FillerProps) {
  const filling = fillingOf(node);
  return (
    <div class="filler">
      <select aria-label={`How ${field.label} is filled`} class="filling" value={filling} onChange={(event) => onChange(begin(event.currentTarget.value as Filling, node, pointer))}>
        {FILLINGS.map(({ key, label }) => (
          <option key={key} value={key}>
            {label}
          </option>
        ))}
      </select>
      {filling === 'path' && isObject(node) ? (
        <input
          id={id}
          class="code"
          type="text"
          list="event-paths"
          spellcheck={false}
          autocomplete="off"
          aria-invalid={problem ? 'true' : undefined}
          value={String(node['@path'])}
          onInput={(event) => onChange({ ...node, '@path': event.currentTarget.value })}
        />
      ) : filling === 'template' && isObject(node) ? (
        <input
          id={id}
          class="code"
          type="text"
          spellcheck={false}
          autocomplete="off"
          aria-invalid={problem ? 'true' : undefined}
          value={String(node['@template'])}
          onInput={(event) => onChange({ '@template': event.currentTarget.value })}
        />
      ) : filling === 'expression' ? (
        <Expression id={id} node={node} onChange={onChange} label={field.label} />
      ) : (
        <ValueInput id={id} field={field} value={node} onChange={onChange} isRequired={isRequired} problem={problem} describedBy={described} />
      )}
      {field.dynamic ? <DynamicChoices field={segments(pointer).join('.')} label={field.label} onChoose={onChange} /> : null}
    </div>
  );
}

/** What a field begins with when the way of filling it changes: what is there, said in the other way, if it can be. */
function begin(filling: Filling, node: Json | undefined, pointer: string): Json | undefined {
  const path = isObject(node) && typeof node['@path'] === 'string' ? node['@path'] : undefined;
  const resolved = at(state.shownEvent.value?.resolved, pointer);
  switch (filling) {
    case 'nothing':
      return undefined;
    case 'path':
      return { '@path': '$.' };
    case 'template':
      return { '@template': path ? `{{${path.replace(/^\$\./, '')}}}` : typeof node === 'string' ? node : '' };
    case 'value':
      return resolved ?? '';
    case 'expression':
      return path ? { '@if': { exists: { '@path': path }, then: { '@path': path }, else: '' } } : { '@literal': node ?? null };
  }
}

/** Anything that has no form of its own, as JSON. */
function Expression({ id, node, onChange, label }: { id: string; node: Json | undefined; onChange: (node: Json | undefined) => void; label: string }) {
  const [draft, setDraft] = useState<string | null>(null);
  const text = draft ?? pretty(node);
  return (
    <textarea
      id={id}
      class="code expression"
      aria-label={`${label} as JSON`}
      spellcheck={false}
      rows={Math.min(text.split('\n').length, 12)}
      aria-invalid={draft === null ? undefined : 'true'}
      value={text}
      onInput={(event) => {
        const typed = event.currentTarget.value;
        try {
          onChange(JSON.parse(typed) as Json);
          setDraft(pretty(JSON.parse(typed)) === typed ? null : typed);
        } catch {
          setDraft(typed);
        }
      }}
      onBlur={() => setDraft(null)}
    />
  );
}

/** What the field comes to for the event that is shown. */
function Result({ pointer, node }: { pointer: string; node: Json | undefined }) {
  const seen = state.shownEvent.value;
  if (!seen || node === undefined || fillingOf(node) === 'value') return null;
  const value = at(seen.payload ?? seen.resolved, pointer);
  return (
    <span class="result-line">
      <span aria-hidden="true">→ </span>
      {value === undefined ? (
        <span class="soft">nothing in this event</span>
      ) : isObject(value) || Array.isArray(value) ? (
        <span title={brief(value)}>{brief(value)}</span>
      ) : (
        <Scalar value={value} />
      )}
    </span>
  );
}

function brief(value: Json): string {
  const text = JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}
