import { StatusWord } from '../../shared/status';
import { time } from '../../shared/words';
import { outcomeOf } from '../outcome';
import * as run from '../run';
import { forget } from '../runs';
import * as state from '../state';

/** The last runs: open one again, or compare it with what is shown. */
export function Runs() {
  const all = run.runs.value;
  if (all.length === 0) return <p class="empty">The last runs are kept here, to be opened again and compared.</p>;
  return (
    <>
      <ol class="runs">
        {all.map((one) => (
          <Row key={one.id} one={one} />
        ))}
      </ol>
      <button
        type="button"
        class="small"
        onClick={() => {
          forget();
          run.runs.value = [];
        }}
      >
        Forget {all.length === 1 ? 'this run' : `these ${all.length} runs`}
      </button>
    </>
  );
}

const MODES = { dryRun: 'dry', scripted: 'scripted', real: 'real' };

function Row({ one }: { one: run.Run }) {
  const line = outcomeOf(one.answer.report, one.answer.preview, 'the partner');
  const isCurrent = run.current.value?.id === one.id;
  const open = async () => {
    if (one.destination !== state.destinationSlug.value) await state.chooseDestination(one.destination);
    run.restore(one);
    run.current.value = one;
    state.preview.value = one.answer.preview;
  };
  return (
    <li aria-current={isCurrent ? 'true' : undefined}>
      <button type="button" class="run-row" onClick={() => void open()}>
        <span class="soft number">{time(one.at)}</span>
        <StatusWord status={line.status}>{line.text}</StatusWord>
        <span class="soft">
          {one.destination}/{one.action}, {MODES[one.mode]}
        </span>
      </button>
      <button type="button" class="small" disabled={isCurrent || !run.current.value} onClick={() => (run.compared.value = one)}>
        Compare
      </button>
    </li>
  );
}
