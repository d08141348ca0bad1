import { diff } from '../../shared/diff';
import { pretty } from '../../shared/json';
import { StatusWord } from '../../shared/status';
import { time } from '../../shared/words';
import { outcomeOf } from '../outcome';
import * as run from '../run';

/** Two runs side by side: what differs, part by part. */
export function Compare() {
  const before = run.compared.value;
  const now = run.current.value;
  if (!before || !now) return null;
  const parts = [
    { name: 'Event', of: (one: run.Run) => pretty(one.event) },
    { name: 'Mapping', of: (one: run.Run) => pretty(one.mapping) },
    { name: 'Payload', of: (one: run.Run) => pretty(one.answer.preview.events.map((seen) => seen.payload ?? seen.resolved ?? null)) },
    { name: 'Requests', of: (one: run.Run) => one.answer.report.exchanges.map(asText).join('\n\n') },
    { name: 'Answers', of: (one: run.Run) => pretty(one.answer.report.exchanges.map((exchange) => exchange.response?.body ?? exchange.error ?? null)) },
  ];
  return (
    <div class="compare">
      <div class="compare-head">
        <Head run={before} name="Then" />
        <Head run={now} name="Now" />
        <button type="button" class="small" onClick={() => (run.compared.value = null)}>
          Back to the runs
        </button>
      </div>
      {parts.map(({ name, of }) => (
        <Part key={name} name={name} before={of(before)} now={of(now)} />
      ))}
    </div>
  );
}

function Head({ run: one, name }: { run: run.Run; name: string }) {
  const line = outcomeOf(one.answer.report, one.answer.preview, 'the partner');
  return (
    <div>
      <p class="label">
        {name}, {time(one.at)}
      </p>
      <StatusWord status={line.status}>{line.text}</StatusWord>
    </div>
  );
}

function Part({ name, before, now }: { name: string; before: string; now: string }) {
  if (before === now) {
    return (
      <p class="soft same">
        {name}: the same
      </p>
    );
  }
  return (
    <section aria-label={`${name} compared`}>
      <h3>{name}</h3>
      <table class="diff">
        <tbody>
          {diff(before, now).map((row, index) => (
            <tr key={index} class={row.kind}>
              <td class={row.before === undefined ? 'absent' : ''}>{row.before}</td>
              <td class={row.now === undefined ? 'absent' : ''}>{row.now}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

type Exchange = run.Run['answer']['report']['exchanges'][number];

function asText({ request }: Exchange): string {
  let body = request.body;
  try {
    body = pretty(JSON.parse(request.body));
  } catch {
    // A body that is no JSON is compared as it is.
  }
  return `${request.method} ${request.url}\n${body}`;
}
