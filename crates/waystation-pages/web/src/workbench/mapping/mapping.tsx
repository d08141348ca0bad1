import { useSignal } from '@preact/signals';
import { isObject, type Json, type JsonObject, pretty } from '../../shared/json';
import { JsonEditorField } from '../../shared/json-editor';
import { paths } from '../../shared/pointer';
import { Segmented } from '../../shared/segmented';
import { StatusIcon } from '../../shared/status';
import { isRequired, isShown, SYNC_MODE } from '../fields/rules';
import * as state from '../state';
import { MappingField } from './field';

/** How the event becomes the payload: as a form, or as JSON. */
export function MappingPane() {
  const view = useSignal<'form' | 'json'>('form');
  const faults = state.preview.value?.faults ?? [];
  return (
    <section class="pane mapping" aria-label="Mapping">
      <header class="pane-head">
        <h2>Mapping</h2>
        {faults.length > 0 ? (
          <span class="status failed">
            <StatusIcon status="failed" /> {faults.length === 1 ? 'one fault' : `${faults.length} faults`}
          </span>
        ) : null}
        <span class="grow" />
        <Segmented
          label="Mapping as"
          value={view.value}
          onChange={(chosen) => (view.value = chosen)}
          options={[
            { key: 'form', label: 'Form' },
            { key: 'json', label: 'JSON' },
          ]}
        />
      </header>
      {view.value === 'form' ? (
        <Form />
      ) : (
        <JsonEditorField
          label="Mapping as JSON"
          text={state.mappingDraft.value ?? pretty(state.mapping.value)}
          remarks={faults.map(({ path, message }) => ({ pointer: path === '/' ? '' : path, message }))}
          onChange={state.setMappingText}
        />
      )}
      {state.mappingDraft.value !== null && view.value === 'json' ? (
        <p class="soft pad">While this is no JSON object, the mapping before stays in force.</p>
      ) : null}
    </section>
  );
}

function Form() {
  const showsAll = useSignal(false);
  const action = state.action.value;
  if (!action) return null;
  const mapping = state.mapping.value;
  const seen = state.shownEvent.value;
  const resolved = isObject(seen?.resolved) ? seen.resolved : null;
  const known = { mapping, resolved };
  const entries = Object.entries(action.fields).filter(([, field]) => isShown(field, known));
  const isQuiet = (key: string) => {
    const field = action.fields[key];
    return mapping[key] === undefined && !(field && isRequired(field, known)) && !problemAt(seen?.fields, key);
  };
  const quiet = entries.filter(([key]) => isQuiet(key));
  const shown = showsAll.value || quiet.length < 3 ? entries : entries.filter(([key]) => !isQuiet(key));
  const suggestions = eventPaths();
  return (
    <div class="pane-body form">
      {/* One list for all fields: where a value of the event may be taken from. */}
      <datalist id="event-paths">
        {suggestions.map((path) => (
          <option key={path} value={path} />
        ))}
      </datalist>
      {action.syncMode ? <SyncMode mode={action.syncMode} value={mapping[SYNC_MODE]} /> : null}
      {shown.map(([key, field]) => (
        <MappingField
          key={key}
          name={key}
          pointer={`/${key}`}
          field={field}
          node={mapping[key]}
          isRequired={isRequired(field, known)}
          onChange={(value) => state.setField(key, value)}
        />
      ))}
      <Strangers mapping={mapping} declared={action.fields} />
      {quiet.length >= 3 ? (
        <button type="button" class="small" onClick={() => (showsAll.value = !showsAll.value)}>
          {showsAll.value ? 'Hide empty fields' : `Show ${quiet.length} empty fields`}
        </button>
      ) : null}
    </div>
  );
}

/** Keys of the mapping that the action does not know: mostly a slip of the pen. */
function Strangers({ mapping, declared }: { mapping: JsonObject; declared: object }) {
  const strangers = Object.keys(mapping).filter((key) => !(key in declared) && !key.startsWith('__segment_internal_') && !/MappingSave$/.test(key));
  return (
    <>
      {strangers.map((key) => (
        <p key={key} class="problem warning">
          The action has no field <code>{key}</code>
          {nearest(key, Object.keys(declared))}{' '}
          <button type="button" class="small" onClick={() => state.setField(key, undefined)}>
            Remove
          </button>
        </p>
      ))}
    </>
  );
}

function nearest(key: string, known: string[]) {
  const plain = (text: string) => text.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  const wanted = plain(key);
  const found = known.find((one) => plain(one) === wanted || plain(one).startsWith(wanted) || wanted.startsWith(plain(one)));
  return found ? (
    <>
      : did you mean <code>{found}</code>?
    </>
  ) : (
    '.'
  );
}

function SyncMode({ mode, value }: { mode: NonNullable<ReturnType<typeof state.action.peek>>['syncMode'] & object; value: Json | undefined }) {
  return (
    <div class="mapping-field">
      <label class="label" for="sync-mode">
        {mode.label}
      </label>
      <select id="sync-mode" value={String(value ?? '')} onChange={(event) => state.setField(SYNC_MODE, event.currentTarget.value)}>
        {mode.choices.map((choice) => (
          <option key={choice.value} value={choice.value}>
            {choice.label}
          </option>
        ))}
      </select>
      <p class="description">{mode.description}</p>
    </div>
  );
}

function eventPaths(): string[] {
  const event = state.event.value;
  const one = Array.isArray(event) ? event[state.place.value] : event;
  return one === undefined ? [] : paths(one);
}

/** What is wrong with a field: told by its own path, or as what the whole lacks. */
export function problemAt(problems: Record<string, string> | undefined, path: string): string | undefined {
  if (!problems) return undefined;
  const own = problems[path];
  if (own) return own;
  const parent = path.includes('.') ? path.slice(0, path.lastIndexOf('.')) : '$';
  const key = path.slice(path.lastIndexOf('.') + 1);
  return problems[parent]?.includes(`required field \`${key}\``) || problems[parent]?.includes(`\`${key}\``) ? 'is required' : undefined;
}
