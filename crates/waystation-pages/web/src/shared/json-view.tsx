import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { isObject, type Json } from './json';
import { pointer as join } from './pointer';

/** How many members are shown before a person asks for more: a body of a megabyte must not freeze the tab. */
const SHOWN = 100;

interface Props {
  value: Json;
  /** What belongs beside the value at a pointer. */
  beside?: (pointer: string) => JSX.Element | null;
  /** Told which value the pointer or the focus is on. */
  onPlace?: (pointer: string | null) => void;
  /** Whether the value at a pointer is lit up. */
  isLit?: (pointer: string) => boolean;
}

/** JSON as a tree of rows. */
export function JsonView(props: Props) {
  return (
    <div class="json-view" onMouseLeave={() => props.onPlace?.(null)}>
      <Node {...props} name={null} parts={[]} />
    </div>
  );
}

interface NodeProps extends Props {
  name: string | number | null;
  parts: (string | number)[];
}

function Node({ value, name, parts, ...rest }: NodeProps) {
  const [limit, setLimit] = useState(SHOWN);
  const [folded, setFolded] = useState(false);
  const pointer = join(parts);
  const entries: [string | number, Json][] = Array.isArray(value)
    ? value.map((item, index) => [index, item])
    : isObject(value)
      ? Object.entries(value)
      : [];
  const isBranch = Array.isArray(value) || isObject(value);
  const isOpen = isBranch && !folded && entries.length > 0;
  const enter = () => rest.onPlace?.(pointer);
  const row = (
    <div
      class={`json-row${rest.isLit?.(pointer) ? ' lit' : ''}`}
      data-pointer={pointer}
      tabIndex={rest.onPlace && !isBranch ? 0 : undefined}
      onMouseEnter={enter}
      onFocus={enter}
      onBlur={() => rest.onPlace?.(null)}
    >
      {isBranch && entries.length > 0 ? (
        <button type="button" class="fold" aria-expanded={isOpen} aria-label={`${name ?? 'value'}`} onClick={() => setFolded(!folded)}>
          {isOpen ? '▾' : '▸'}
        </button>
      ) : (
        <span class="fold" />
      )}
      {name === null ? null : <span class="json-key">{name}</span>}
      <span class="json-value">{isBranch ? summary(value, entries.length, isOpen) : <Scalar value={value} />}</span>
      {rest.beside?.(pointer) ?? null}
    </div>
  );
  return (
    <div class="json-node">
      {name === null && isBranch && entries.length > 0 ? null : row}
      {isOpen ? (
        <div class={name === null ? '' : 'json-children'}>
          {entries.slice(0, limit).map(([key, member]) => (
            <Node key={key} {...rest} value={member} name={key} parts={[...parts, key]} />
          ))}
          {entries.length > limit ? (
            <button type="button" class="small" onClick={() => setLimit(limit * 4)}>
              {entries.length - limit} more
            </button>
          ) : null}
        </div>
      ) : null}
    </div>
  );
}

function summary(value: Json, length: number, isOpen: boolean): string {
  if (Array.isArray(value)) return length === 0 ? '[]' : isOpen ? `[${length}]` : `[ ${length} … ]`;
  return length === 0 ? '{}' : isOpen ? '' : '{ … }';
}

export function Scalar({ value }: { value: Json }) {
  const kind = value === null ? 'null' : typeof value;
  const text = typeof value === 'string' ? `"${value}"` : String(value);
  const [whole, setWhole] = useState(false);
  const isLong = text.length > 2000 && !whole;
  return (
    <span class={`json-${kind}`}>
      {isLong ? text.slice(0, 2000) : text}
      {isLong ? (
        <button type="button" class="small" onClick={() => setWhole(true)}>
          … {text.length - 2000} more characters
        </button>
      ) : null}
    </span>
  );
}
