import { JsonView } from '../../shared/json-view';
import { StatusIcon } from '../../shared/status';
import { originsOf, originWords } from '../outcome';
import { problemAt } from '../mapping/mapping';
import { segments, within } from '../../shared/pointer';
import * as state from '../state';

/** What the action takes, each value with the place of the event that it came from. */
export function Payload() {
  const seen = state.shownEvent.value;
  if (!seen) return <p class="empty">The payload appears here as soon as there is an event.</p>;
  const value = seen.payload ?? seen.resolved;
  if (value === undefined) return <p class="empty">{seen.error ?? 'The mapping has faults: there is no payload yet.'}</p>;
  const event = state.event.value;
  const one = Array.isArray(event) ? event[state.place.value] : event;
  const lost = Object.entries(seen.fields ?? {});
  return (
    <div class="payload">
      {lost.length > 0 ? (
        <ul class="problems">
          {lost.map(([path, problem]) => (
            <li key={path}>
              <StatusIcon status="failed" />
              {path === '$' ? null : <code>{path}</code>} {problem}
            </li>
          ))}
        </ul>
      ) : null}
      <JsonView
        value={value}
        onPlace={(pointer) => (state.litEvent.value = pointer === null ? [] : originsOf(seen, pointer))}
        isLit={(pointer) => pointer !== '' && state.litPayload.value.some((lit) => within(pointer, lit))}
        beside={(pointer) => {
          const origins = seen.origins?.[pointer] ?? [];
          const problem = problemAt(seen.fields, segments(pointer).join('.'));
          if (problem) return <span class="problem beside">{problem}</span>;
          return origins.length > 0 ? <span class="origin">{originWords(one, origins)}</span> : null;
        }}
      />
      <p class="soft legend">Point at a value, or move to it with Tab: its place in the event lights up. Values without a place are constants.</p>
    </div>
  );
}
