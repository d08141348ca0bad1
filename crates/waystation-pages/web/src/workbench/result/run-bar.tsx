import { useSignal } from '@preact/signals';
import { JsonEditorField } from '../../shared/json-editor';
import { Segmented } from '../../shared/segmented';
import * as run from '../run';
import { settingsToFill } from '../setup/setup';
import * as state from '../state';
import { Save } from './save';
import { SCRIPTS } from './scripts';

/** Who answers, and the button that runs. */
export function RunBar() {
  const isDryServer = state.server.value?.isDryRun ?? false;
  const lacking = settingsToFill();
  return (
    <div class="run-bar">
      <div class="run-line">
        <Segmented
          label="Who answers"
          value={state.mode.value}
          onChange={(mode) => (state.mode.value = mode)}
          options={[
            { key: 'dryRun', label: 'Dry run', title: 'Requests are shown, not sent' },
            { key: 'scripted', label: 'Scripted', title: 'A script answers; nothing leaves this machine' },
            { key: 'real', label: 'Real', title: isDryServer ? 'The server was started with --dry-run' : 'Requests go to the partner', disabled: isDryServer },
          ]}
        />
        {state.mode.value === 'dryRun' ? null : (
          <label class="inline">
            Retries
            <input
              type="number"
              min="0"
              max="10"
              class="short"
              value={state.retries.value}
              onInput={(event) => (state.retries.value = Math.max(0, Math.min(10, Number(event.currentTarget.value) || 0)))}
            />
          </label>
        )}
        <span class="grow" />
        <Save />
        <button type="button" class="primary run" onClick={() => void run.start()} aria-disabled={run.isRunning.value} aria-keyshortcuts="Control+Enter Meta+Enter">
          {state.mode.value === 'real' ? 'Send' : 'Run'} <kbd>{/Mac|iPhone|iPad/.test(navigator.userAgent) ? '⌘⏎' : 'Ctrl⏎'}</kbd>
        </button>
      </div>
      {state.mode.value === 'real' && lacking ? <p class="soft">{lacking} before it can be sent.</p> : null}
      {state.mode.value === 'scripted' ? <Script /> : null}
    </div>
  );
}

/** The answers of the partner, and ready ones to begin with. */
function Script() {
  const isOpen = useSignal(true);
  return (
    <div class="script">
      <div class="script-head">
        <button type="button" class="fold-line" aria-expanded={isOpen.value} onClick={() => (isOpen.value = !isOpen.value)}>
          {isOpen.value ? '▾' : '▸'} Script
        </button>
        <select
          aria-label="Ready answers"
          value=""
          onChange={(event) => {
            const script = SCRIPTS.find(({ name }) => name === event.currentTarget.value);
            if (!script) return;
            state.scriptText.value = JSON.stringify(script.answers, null, 2);
            if (script.retries !== undefined) state.retries.value = script.retries;
            event.currentTarget.value = '';
          }}
        >
          <option value="">The partner answers …</option>
          {SCRIPTS.map(({ name }) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </div>
      {isOpen.value ? (
        <div class="script-editor">
          <JsonEditorField label="Script of the partner's answers" text={state.scriptText.value} onChange={(text) => (state.scriptText.value = text)} />
        </div>
      ) : null}
    </div>
  );
}
