import { useState } from 'preact/hooks';
import type { Json } from '../../shared/json';
import { JsonView } from '../../shared/json-view';
import { StatusWord } from '../../shared/status';
import { type Item, itemStatus } from '../outcome';
import * as run from '../run';
import * as state from '../state';

/** The result of each item of a batch. */
export function Items() {
  const items = (run.current.value?.answer.report.multistatus ?? []) as unknown as Item[];
  return (
    <table class="items">
      <thead>
        <tr>
          <th scope="col">#</th>
          <th scope="col">Outcome</th>
          <th scope="col">Status</th>
          <th scope="col">Why</th>
        </tr>
      </thead>
      <tbody>
        {items.map((item, index) => (
          <ItemRows key={index} item={item} index={index} />
        ))}
      </tbody>
    </table>
  );
}

function ItemRows({ item, index }: { item: Item; index: number }) {
  const [open, setOpen] = useState(false);
  const status = itemStatus(item);
  const shown: Record<string, Json> = {};
  if (item.sent !== undefined) shown['sent'] = item.sent;
  if (item.body !== undefined) shown['body'] = item.body;
  const hasMore = Object.keys(shown).length > 0;
  return (
    <>
      <tr class={status} onMouseEnter={() => (state.place.value = index)}>
        <td class="number">
          {hasMore ? (
            <button type="button" class="fold-line" aria-expanded={open} aria-label={`Item ${index + 1}`} onClick={() => setOpen(!open)}>
              {open ? '▾' : '▸'} {index + 1}
            </button>
          ) : (
            index + 1
          )}
        </td>
        <td>
          <StatusWord status={status}>{status === 'shown' ? 'would be sent' : status}</StatusWord>
        </td>
        <td class="number">{item.status}</td>
        <td>
          {item.errormessage ?? item.warning ?? ''}
          {item.errorreporter ? <span class="soft"> told by {item.errorreporter === 'DESTINATION' ? 'the partner' : 'Waystation'}</span> : null}
        </td>
      </tr>
      {open ? (
        <tr class="detail">
          <td colSpan={4}>
            <JsonView value={shown} />
          </td>
        </tr>
      ) : null}
    </>
  );
}
