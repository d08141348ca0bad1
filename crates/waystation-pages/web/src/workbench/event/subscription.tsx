import { useSignal } from '@preact/signals';
import { StatusIcon } from '../../shared/status';
import { found } from '../outcome';
import * as state from '../state';
import type { Asked } from '../types';

/** The subscription, whether it wants the event, and why not. */
export function Subscription() {
  const seen = state.shownEvent.value;
  const told = state.preview.value?.subscription;
  const isOpen = useSignal(false);
  const error = told?.error;
  const conditions = seen?.conditions;
  const isOpenNow = isOpen.value || (conditions !== undefined && !conditions.holds);
  return (
    <div class="subscription">
      <div class="subscription-line">
        <label for="subscription" class="label">
          When
        </label>
        <input
          id="subscription"
          type="text"
          class="code"
          spellcheck={false}
          autocomplete="off"
          placeholder="every event"
          value={state.subscribe.value}
          aria-invalid={error ? 'true' : undefined}
          aria-describedby="subscription-verdict"
          onInput={(event) => (state.subscribe.value = event.currentTarget.value)}
        />
        <button
          id="subscription-verdict"
          type="button"
          class="fold-line verdict"
          disabled={!conditions}
          aria-expanded={isOpenNow}
          onClick={() => (isOpen.value = !isOpen.value)}
        >
          {error ? (
            <>
              <StatusIcon status="failed" /> cannot be read
            </>
          ) : seen?.matches ? (
            <>
              <StatusIcon status="delivered" /> matches
            </>
          ) : seen ? (
            <>
              <StatusIcon status="skipped" /> no match
            </>
          ) : null}
        </button>
      </div>
      {error ? (
        <p class="problem">
          At character {error.offset + 1}: {error.message}
        </p>
      ) : null}
      {(told?.warnings ?? []).map((warning) => (
        <p key={warning.offset} class="problem warning">
          At character {warning.offset + 1}: {warning.message}
        </p>
      ))}
      {conditions && isOpenNow && !error ? (
        <ul class="conditions">
          <Condition asked={conditions} isRoot />
        </ul>
      ) : null}
    </div>
  );
}

function Condition({ asked, isRoot }: { asked: Asked; isRoot?: boolean }) {
  const icon = <StatusIcon status={asked.holds ? 'delivered' : 'failed'} />;
  switch (asked.kind) {
    case 'test':
      return (
        <li onMouseEnter={() => (state.litEvent.value = [asked.pointer])} onMouseLeave={() => (state.litEvent.value = [])}>
          {icon}
          <code>{asked.text}</code>
          <span class="soft">{found(asked.pointer, asked.found)}</span>
        </li>
      );
    case 'not':
      return (
        <li>
          {icon} not
          <ul class="conditions">
            <Condition asked={asked.condition} />
          </ul>
        </li>
      );
    case 'group': {
      const inner = asked.conditions.map((one, index) => <Condition key={index} asked={one} />);
      if (isRoot) return <>{inner}</>;
      return (
        <li>
          {icon} {asked.operator === 'and' ? 'all of' : 'one of'}
          <ul class="conditions">{inner}</ul>
        </li>
      );
    }
  }
}
