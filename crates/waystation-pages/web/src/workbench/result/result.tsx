import { effect, signal } from '@preact/signals';
import { Requests } from '../../shared/requests';
import { StatusIcon } from '../../shared/status';
import { type Tab, Tabs } from '../../shared/tabs';
import { Timeline } from '../../shared/timeline';
import { type Line, outcomeOf, readiness } from '../outcome';
import * as run from '../run';
import * as state from '../state';
import { Compare } from './compare';
import { Items } from './items';
import { Payload } from './payload';
import { RunBar } from './run-bar';
import { Runs } from './runs';

type Key = 'payload' | 'requests' | 'items' | 'attempts' | 'runs';

export const tab = signal<Key>('payload');

/** After a run there is more to see than the payload: the items of a list, else the requests, if there are any. */
effect(() => {
  if (run.finished.value === 0) return;
  const report = run.current.peek()?.answer.report;
  if (!report || tab.peek() === 'runs' || tab.peek() === 'attempts') return;
  if (report.multistatus?.length && report.outcome.failed) tab.value = 'items';
  else if (report.exchanges.length > 0) tab.value = 'requests';
  else tab.value = 'payload';
});

/** What became of it: the answer in a line, and everything behind it. */
export function Result() {
  const shown = run.current.value;
  const report = shown?.answer.report;
  const items = (report?.multistatus ?? []) as unknown[];
  const tabs: Tab<Key>[] = [
    { key: 'payload', label: 'Payload' },
    { key: 'requests', label: 'Requests', ...(report ? { count: report.exchanges.length } : {}) },
    ...(items.length > 0 ? [{ key: 'items' as const, label: 'Items', count: items.length }] : []),
    { key: 'attempts', label: 'Attempts', ...(report ? { count: report.attempts.length } : {}) },
    { key: 'runs', label: 'Runs', count: run.runs.value.length },
  ];
  const selected = tabs.some(({ key }) => key === tab.value) ? tab.value : 'payload';
  return (
    <section class="pane result" aria-label="Result">
      <RunBar />
      <Outcome />
      <Tabs name="Result" tabs={tabs} selected={selected} onSelect={(key) => (tab.value = key)}>
        {selected === 'payload' ? <Payload /> : null}
        {selected === 'requests' ? (
          report ? (
            <Requests exchanges={report.exchanges} isDry={shown?.mode === 'dryRun'} />
          ) : (
            <NotYet what="the requests that would go to the partner" />
          )
        ) : null}
        {selected === 'items' ? <Items /> : null}
        {selected === 'attempts' ? (
          report ? <Timeline attempts={report.attempts} /> : <NotYet what="each attempt, why it was made, and the waits between" />
        ) : null}
        {selected === 'runs' ? run.compared.value ? <Compare /> : <Runs /> : null}
      </Tabs>
    </section>
  );
}

function NotYet({ what }: { what: string }) {
  return (
    <p class="empty">
      Run to see {what}. <kbd>Ctrl</kbd> <kbd>Enter</kbd> runs from anywhere.
    </p>
  );
}

/** The line that answers first. */
function Outcome() {
  const told = line();
  return (
    <div class={`outcome ${told.status}`} role="status" aria-live="polite">
      <StatusIcon status={told.status} />
      <div>
        <p class="outcome-text">{told.text}</p>
        {told.more ? <p class="outcome-more">{told.more}</p> : null}
      </div>
    </div>
  );
}

/** What there is to say now: of the last run, or of what a run would meet. */
export function line(): Line {
  if (state.trouble.value) return { status: 'failed', text: state.trouble.value, more: 'The page looks again by itself.' };
  if (run.isRunning.value) return { status: 'waiting', text: 'Running' };
  if (run.refusal.value) return { status: 'failed', text: 'Not run', more: run.refusal.value };
  const shown = run.current.value;
  if (shown && !run.isStale.value) {
    const { report, preview } = shown.answer;
    return outcomeOf(report, preview, state.destination.value?.manifest.name.replace(/ \(Actions\)$|^Actions /, '') ?? 'the partner');
  }
  if (state.previewTrouble.value) return { status: 'failed', text: 'The event cannot be looked at', more: state.previewTrouble.value };
  return readiness(state.preview.value, state.place.value);
}
