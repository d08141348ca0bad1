import { pretty } from '../../shared/json';
import { JsonEditorField } from '../../shared/json-editor';
import { StatusIcon } from '../../shared/status';
import { usesOf } from '../outcome';
import { asBatch, GROUPS, sampleNamed } from '../samples';
import * as state from '../state';
import { Subscription } from './subscription';

/** The event, or a list of them, and the subscription that decides whether it is wanted. */
export function EventPane() {
  const parsed = state.parsedEvent.value;
  const pointers = state.isBatch.value ? state.litEvent.value.map((one) => `/${state.place.value}${one}`) : state.litEvent.value;
  return (
    <section class="pane event" aria-label="Event">
      <header class="pane-head">
        <h2>Event</h2>
        <Samples />
        <Batch />
      </header>
      <Subscription />
      <JsonEditorField
        label="Event as JSON"
        text={state.eventText.value}
        lit={pointers}
        onChange={(text) => (state.eventText.value = text)}
        onPlace={(pointer) => {
          const own = pointer && state.isBatch.value ? pointer.replace(/^\/\d+/, '') : pointer;
          state.litPayload.value = own ? usesOf(state.shownEvent.value, own) : [];
        }}
      />
      {'error' in parsed ? (
        <p class="problem pad" role="status">
          <StatusIcon status="failed" /> {parsed.error}
        </p>
      ) : null}
    </section>
  );
}

function Samples() {
  return (
    <select
      aria-label="Sample event"
      class="samples"
      value={state.sampleName.value}
      onChange={(event) => {
        const sample = sampleNamed(event.currentTarget.value);
        if (!sample) return;
        state.sampleName.value = sample.name;
        state.place.value = 0;
        state.eventText.value = pretty(state.isBatch.value ? asBatch(sample.event) : sample.event);
      }}
    >
      {sampleNamed(state.sampleName.value) ? null : <option value={state.sampleName.value}>{state.sampleName.value || 'Sample'}</option>}
      {GROUPS.map((group) => (
        <optgroup key={group.name} label={group.name}>
          {group.samples.map((sample) => (
            <option key={sample.name} value={sample.name}>
              {sample.name}
            </option>
          ))}
        </optgroup>
      ))}
    </select>
  );
}

function Batch() {
  const event = state.event.value;
  if (event === undefined) return null;
  const isBatch = Array.isArray(event);
  const count = isBatch ? event.length : 1;
  const change = () => {
    state.place.value = 0;
    state.eventText.value = pretty(isBatch ? (event[0] ?? {}) : asBatch(event));
  };
  return (
    <div class="batch">
      {isBatch ? (
        <label class="inline">
          <span class="visually-hidden">Event shown</span>
          <select value={String(state.place.value)} onChange={(change) => (state.place.value = Number(change.currentTarget.value))}>
            {event.map((_, index) => (
              <option key={index} value={String(index)}>
                {index + 1} of {count}
              </option>
            ))}
          </select>
        </label>
      ) : null}
      <button type="button" class="small" onClick={change} title={state.takesBatches.value ? '' : 'This action takes single events'}>
        {isBatch ? 'Single event' : 'As batch'}
      </button>
    </div>
  );
}
