import { useSignal } from '@preact/signals';
import { useState } from 'preact/hooks';
import { ask } from '../../shared/ask';
import { Dialog } from '../../shared/dialog';
import { isObject, type Json } from '../../shared/json';
import { JsonView } from '../../shared/json-view';
import { Requests } from '../../shared/requests';
import { StatusWord } from '../../shared/status';
import { ValueInput } from '../fields/value-input';
import { partner } from '../partner';
import * as state from '../state';
import type { CallAnswer, Fields } from '../types';

interface Callable {
  kind: string;
  label: string;
  about: string;
  /** What a person is asked for before. */
  inputs?: Fields;
  body: (inputs: Record<string, Json>) => Record<string, unknown>;
}

/** Everything that the destination does besides actions. */
export function Calls() {
  const chosen = useSignal<Callable | null>(null);
  const callables = available();
  if (callables.length === 0) return null;
  return (
    <div class="calls">
      <h2 class="label">More to try</h2>
      <div class="buttons">
        {callables.map((callable) => (
          <button key={callable.label} type="button" class="small" onClick={() => (chosen.value = callable)}>
            {callable.label}
          </button>
        ))}
      </div>
      {chosen.value ? <CallDialog callable={chosen.value} onClose={() => (chosen.value = null)} /> : null}
    </div>
  );
}

function available(): Callable[] {
  const info = state.destination.value;
  if (!info) return [];
  const { offers, manifest } = info;
  const callables: Callable[] = [];
  const audience = manifest.audienceFields ?? {};
  if (offers.authenticate) {
    callables.push({ kind: 'authenticate', label: 'Test credentials', about: 'Asks the partner whether it accepts the settings.', body: () => ({}) });
  }
  if (offers.refresh) {
    callables.push({ kind: 'refresh', label: 'Refresh token', about: 'Exchanges the refresh token for new tokens.', body: () => ({}), inputs: tokens });
  }
  if (offers.delete) {
    callables.push({ kind: 'delete', label: 'Delete a person', about: 'Deletes what the partner knows about the person of the event.', body: () => ({ payload: firstEvent() }) });
  }
  if (offers.createAudience) {
    const inputs: Fields = { audienceName: { label: 'Name', type: 'string' }, ...audience };
    callables.push({
      kind: 'createAudience',
      label: 'Create an audience',
      about: 'Creates an audience at the partner and answers with its id.',
      inputs,
      body: ({ audienceName, ...settings }) => ({ audienceName, audienceSettings: settings }),
    });
  }
  if (offers.getAudience) {
    const inputs: Fields = { externalId: { label: 'Id at the partner', type: 'string', required: true }, ...audience };
    callables.push({
      kind: 'getAudience',
      label: 'Find an audience',
      about: 'Asks the partner for an audience by its id.',
      inputs,
      body: ({ externalId, ...settings }) => ({ externalId: externalId ?? '', audienceSettings: settings }),
    });
  }
  for (const [hook, known] of Object.entries(state.action.value?.hooks ?? {})) {
    callables.push({
      kind: 'hook',
      label: known.label,
      about: known.description ?? 'Runs when the mapping is saved.',
      inputs: known.inputFields ?? {},
      body: (inputs) => ({ action: state.actionSlug.value, hook, inputs, payload: state.shownEvent.value?.resolved ?? {} }),
    });
  }
  return callables;
}

const tokens: Fields = {
  refreshToken: { label: 'Refresh token', type: 'password', required: true },
  clientId: { label: 'Client id', type: 'string' },
  clientSecret: { label: 'Client secret', type: 'password' },
};

function firstEvent(): Json {
  const event = state.event.value ?? {};
  return Array.isArray(event) ? (event[0] ?? {}) : event;
}

function CallDialog({ callable, onClose }: { callable: Callable; onClose: () => void }) {
  const [inputs, setInputs] = useState<Record<string, Json>>({});
  const [answer, setAnswer] = useState<CallAnswer | null>(null);
  const [trouble, setTrouble] = useState('');
  const call = async () => {
    const isRefresh = callable.kind === 'refresh';
    try {
      const asked = await ask<CallAnswer>('POST', `/workbench/destinations/${state.destinationSlug.value}/call`, {
        call: { kind: callable.kind, ...(isRefresh ? {} : callable.body(inputs)) },
        settings: state.settings.value,
        ...(isRefresh ? { auth: inputs } : {}),
        partner: partner(),
      });
      setTrouble('');
      setAnswer(asked);
    } catch (error) {
      setTrouble(state.words(error));
    }
  };
  return (
    <Dialog title={callable.label} onClose={onClose} wide>
      <p>{callable.about}</p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void call();
        }}
      >
        {Object.entries(callable.inputs ?? {}).map(([key, field]) => (
          <div class="field" key={key}>
            <label class="label" for={`call-${key}`}>
              {field.label}
            </label>
            <ValueInput
              id={`call-${key}`}
              field={field}
              value={inputs[key]}
              onChange={(value) => {
                const { [key]: _, ...others } = inputs;
                setInputs(value === undefined ? others : { ...others, [key]: value });
              }}
            />
          </div>
        ))}
        <button type="submit" class="primary">
          {callable.label}
        </button>
        <span class="soft">{state.mode.value === 'dryRun' ? ' as a dry run' : state.mode.value === 'scripted' ? ' against the script' : ' for real'}</span>
      </form>
      <div aria-live="polite">
        {trouble ? <StatusWord status="failed">{trouble}</StatusWord> : null}
        {answer?.failure ? <StatusWord status="failed">{answer.failure.message}</StatusWord> : null}
        {answer && !answer.failure ? <StatusWord status={state.mode.value === 'dryRun' ? 'shown' : 'delivered'}>{accepted(callable, answer)}</StatusWord> : null}
      </div>
      {answer?.answer !== undefined && answer.answer !== null && isObject(answer.answer) ? <JsonView value={answer.answer} /> : null}
      {answer ? <Requests exchanges={answer.exchanges} isDry={state.mode.value === 'dryRun'} /> : null}
    </Dialog>
  );
}

function accepted(callable: Callable, answer: CallAnswer): string {
  if (state.mode.value === 'dryRun') return answer.exchanges.length > 0 ? 'This would be asked' : 'Nothing would be asked';
  return callable.kind === 'authenticate' ? 'The credentials are accepted' : 'Done';
}
