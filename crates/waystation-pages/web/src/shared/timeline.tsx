import type { components } from './api';
import { type Status, StatusWord } from './status';
import { count, duration } from './words';

type Attempt = components['schemas']['Attempt'];

const VERDICTS: Record<string, { status: Status; words: string }> = {
  done: { status: 'delivered', words: 'done' },
  retryItems: { status: 'waiting', words: 'some items again' },
  retryAll: { status: 'waiting', words: 'all of it again' },
  split: { status: 'waiting', words: 'again in parts' },
  final: { status: 'failed', words: 'final' },
};

/** Attempts on a time line: how long each took, and why and how long was waited for the next. */
export function Timeline({ attempts }: { attempts: Attempt[] }) {
  if (attempts.length === 0) return <p class="empty">Nothing was tried: it ended before the action.</p>;
  const whole = attempts.reduce((sum, attempt) => sum + attempt.durationMs + (attempt.waitedMs ?? 0), 0) || 1;
  let from = 0;
  const rows = attempts.map((attempt) => {
    const begun = from;
    from += attempt.durationMs + (attempt.waitedMs ?? 0);
    return { attempt, begun };
  });
  const share = (ms: number) => (ms / whole) * 1000;
  return (
    <ol class="timeline">
      {rows.map(({ attempt, begun }) => {
        const verdict = VERDICTS[attempt.verdict] ?? { status: 'unknown' as Status, words: attempt.verdict };
        const waited = attempt.waitedMs ?? 0;
        return (
          <li key={attempt.number}>
            <div class="attempt">
              <span class="number strong">{attempt.number}</span>
              <StatusWord status={verdict.status}>{verdict.words}</StatusWord>
              <span class="soft number">
                {count(attempt.items, 'item')}, {duration(attempt.durationMs)}
              </span>
            </div>
            <svg class="bar" viewBox="0 0 1000 8" preserveAspectRatio="none" aria-hidden="true">
              <rect class="track" x="0" y="3" width="1000" height="2" />
              <rect class={`took ${verdict.status}`} x={share(begun)} y="0" width={Math.max(share(attempt.durationMs), 4)} height="8" rx="2" />
              {waited > 0 ? <rect class="waited" x={share(begun + attempt.durationMs)} y="2" width={share(waited)} height="4" /> : null}
            </svg>
            {attempt.why ? <p class="why">{attempt.why}</p> : null}
            {waited > 0 ? (
              <p class="soft">
                Waited {duration(waited)}
                {attempt.wantedWaitMs ? `: the partner asked for ${duration(attempt.wantedWaitMs)}` : ''}
              </p>
            ) : attempt.wantedWaitMs ? (
              <p class="soft">The partner asks for a wait of {duration(attempt.wantedWaitMs)}</p>
            ) : null}
          </li>
        );
      })}
    </ol>
  );
}
