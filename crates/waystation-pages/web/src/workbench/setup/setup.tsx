import { useSignal } from '@preact/signals';
import { count } from '../../shared/words';
import { Description } from '../fields/description';
import { isRequired, isShown, placeholderValue } from '../fields/rules';
import { ValueInput } from '../fields/value-input';
import * as runs from '../run';
import * as state from '../state';
import type { Fields } from '../types';
import { Calls } from './calls';

/** Which destination, which action, and the settings. */
export function Setup() {
  const info = state.destination.value;
  const server = state.server.value;
  return (
    <section class="pane setup" aria-label="Destination">
      <div class="pane-body">
        <label class="field" for="destination">
          <span class="label">Destination</span>
          <select id="destination" value={state.destinationSlug.value} onChange={(event) => void state.chooseDestination(event.currentTarget.value)}>
            {(server?.destinations ?? []).map((known) => (
              <option key={known.slug} value={known.slug}>
                {known.name}
              </option>
            ))}
          </select>
        </label>
        <Description text={info?.manifest.description} />
        <Actions />
        <Settings />
        <Calls />
      </div>
    </section>
  );
}

function Actions() {
  const info = state.destination.value;
  if (!info) return null;
  const all = { ...info.manifest.actions, ...(info.manifest.asyncActions ?? {}) };
  const presets = state.presets.value;
  return (
    <>
      <label class="field" for="action">
        <span class="label">Action</span>
        <select id="action" value={state.actionSlug.value} onChange={(event) => state.chooseAction(event.currentTarget.value)}>
          {Object.entries(all).map(([slug, action]) => (
            <option key={slug} value={slug}>
              {action.title}
              {action.hidden ? ' (hidden)' : ''}
            </option>
          ))}
        </select>
      </label>
      <Description text={state.action.value?.description} />
      <label class="field" for="preset">
        <span class="label">Start from</span>
        <select
          id="preset"
          value={state.presetName.value}
          onChange={(event) => {
            const preset = presets.find(({ name }) => name === event.currentTarget.value);
            if (preset) state.choosePreset(preset);
            else state.chooseDefaults();
          }}
        >
          <option value="">The defaults of the fields</option>
          {presets.map((preset) => (
            <option key={preset.name} value={preset.name}>
              Preset: {preset.name}
            </option>
          ))}
        </select>
      </label>
    </>
  );
}

function Settings() {
  const fields = state.settingFields.value;
  /** What a person chose; until then the settings make room once they have served. */
  const isOpen = useSignal<boolean | null>(null);
  const entries = Object.entries(fields);
  if (entries.length === 0) return <p class="soft">This destination has no settings.</p>;
  const missing = missingSettings(fields);
  const hasFailed = runs.current.value?.answer.report.outcome.error?.stage === 'settings';
  const open = hasFailed || (isOpen.value ?? (missing.length > 0 || !runs.current.value));
  return (
    <form onSubmit={(event) => event.preventDefault()}>
    <fieldset class="settings">
      <legend>
        <button type="button" class="fold-line" aria-expanded={open} onClick={() => (isOpen.value = !open)}>
          {open ? '▾' : '▸'} Settings
          <span class="soft">{missing.length > 0 ? ` · ${missing.length} to fill in` : ' · complete'}</span>
        </button>
      </legend>
      {open ? (
        <>
          {missing.length > 0 && state.mode.value !== 'real' ? (
            <button type="button" class="small" onClick={() => fillIn(fields)}>
              Fill in sample values
            </button>
          ) : null}
          {entries.map(([key]) => (
            <Setting key={key} name={key} fields={fields} />
          ))}
        </>
      ) : null}
    </fieldset>
    </form>
  );
}

function Setting({ name, fields }: { name: string; fields: Fields }) {
  const field = fields[name];
  const known = { mapping: state.settings.value, resolved: null };
  if (!field || !isShown(field, known)) return null;
  const required = isRequired(field, known);
  const value = state.settings.value[name];
  const problems = runs.current.value?.answer.report.outcome.error;
  const problem = problems?.stage === 'settings' ? problemOf(problems.fields, name) : undefined;
  const shown = problem && value === runs.current.value?.settings[name] ? problem : undefined;
  const described = `setting-${name}-about`;
  return (
    <div class="field">
      <label class="label" for={`setting-${name}`}>
        {field.label}
        {required ? <span class="required"> required</span> : null}
      </label>
      <ValueInput
        id={`setting-${name}`}
        field={field}
        value={value}
        isRequired={required}
        problem={shown}
        describedBy={described}
        onChange={(changed) => state.setSetting(name, changed)}
      />
      {value === undefined && isOwn(name) ? <p class="soft">from --settings</p> : null}
      {shown ? <p class="problem">{shown}</p> : null}
      <Description id={described} text={field.description} />
    </div>
  );
}

/** What is wrong with a setting: told by its own path, or as what the whole lacks. */
function problemOf(fields: unknown, name: string): string | undefined {
  const problems = (fields ?? {}) as Record<string, string>;
  if (problems[name]) return problems[name];
  const whole = problems['$'];
  return whole?.includes(`\`${name}\``) ? 'is required' : undefined;
}

function missingSettings(fields: Fields): string[] {
  const values = state.settings.value;
  const known = { mapping: values, resolved: null };
  return Object.entries(fields)
    .filter(([key, field]) => isShown(field, known) && isRequired(field, known) && values[key] === undefined && !isOwn(key))
    .map(([key]) => key);
}

function fillIn(fields: Fields) {
  for (const key of missingSettings(fields)) {
    const field = fields[key];
    if (field) state.setSetting(key, placeholderValue(key, field));
  }
}

/** Whether the server brings the setting itself. */
function isOwn(key: string): boolean {
  return state.destination.value?.ownSettings.includes(key) ?? false;
}

/** What to fill in, in a few words; for the run bar. */
export function settingsToFill(): string | null {
  const missing = missingSettings(state.settingFields.value);
  return missing.length === 0 ? null : `${count(missing.length, 'setting')} to fill in`;
}
