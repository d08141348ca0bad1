import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { Dialog } from '../shared/dialog';
import { StatusIcon } from '../shared/status';
import { EventPane } from './event/event';
import * as link from './link';
import { MappingPane } from './mapping/mapping';
import { line, Result, tab } from './result/result';
import * as run from './run';
import { Setup } from './setup/setup';
import * as state from './state';

type Step = 'setup' | 'make' | 'result';

/** Where a narrow screen is: the three columns are steps there. */
const step = signal<Step>('setup');
const helps = signal(false);

export function Page() {
  useEffect(() => {
    run.beginRuns();
    void link.open();
    const stop = state.watch();
    document.addEventListener('keydown', onKey);
    const retry = setInterval(() => {
      if (state.trouble.value) void lookAgain();
    }, 2000);
    return () => {
      stop();
      clearInterval(retry);
      document.removeEventListener('keydown', onKey);
    };
  }, []);
  return (
    <>
      <a class="skip" href="#Result-panel">
        To the result
      </a>
      <Header />
      <main class="workbench" data-step={step.value}>
        {state.destination.value ? (
          <>
            <Setup />
            <div class="middle">
              <EventPane />
              <MappingPane />
            </div>
            <Result />
          </>
        ) : (
          <Empty />
        )}
      </main>
      <Steps />
      {helps.value ? <Help /> : null}
    </>
  );
}

function Header() {
  const server = state.server.value;
  return (
    <header class="page-head">
      <h1>
        <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
          <path d="M6 9l5 15 5-12 5 12 5-15" />
        </svg>
        Waystation <span class="soft">workbench</span>
      </h1>
      <span class="grow" />
      {state.trouble.value ? (
        <span class="connection lost">no connection</span>
      ) : (
        <span class="connection soft">{server ? `${location.host} · ${server.version}` : ''}</span>
      )}
      <a href="/docs">Docs</a>
      <button type="button" class="quiet" onClick={() => (helps.value = true)} aria-label="Keyboard" aria-keyshortcuts="?">
        ?
      </button>
    </header>
  );
}

function Empty() {
  return (
    <p class="empty whole" role="status">
      {state.trouble.value ? `${state.trouble.value} Is waystation serve running? The page looks again by itself.` : 'Asking the server what there is …'}
    </p>
  );
}

const STEPS: { key: Step; label: string }[] = [
  { key: 'setup', label: 'Destination' },
  { key: 'make', label: 'Event' },
  { key: 'result', label: 'Result' },
];

function Steps() {
  return (
    <nav class="steps" aria-label="Steps">
      {STEPS.map(({ key, label }, index) => (
        <button key={key} type="button" aria-current={step.value === key ? 'step' : undefined} onClick={() => (step.value = key)}>
          {key === 'result' ? <StatusIcon status={line().status} /> : <span class="number">{index + 1}</span>} {label}
        </button>
      ))}
    </nav>
  );
}

const KEYS: [string, string][] = [
  ['Ctrl/⌘ Enter', 'run'],
  ['/', 'to the choice of the destination'],
  ['e', 'to the event'],
  ['m', 'to the mapping'],
  ['1 … 5', 'payload, requests, items, attempts, runs'],
  ['Tab', 'from value to value; the place in the event lights up'],
  ['Esc, then Tab', 'out of an editor'],
  ['?', 'these keys'],
];

function Help() {
  return (
    <Dialog title="Keys" onClose={() => (helps.value = false)}>
      <dl class="keys">
        {KEYS.map(([key, what]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}

function onKey(event: KeyboardEvent) {
  if ((event.ctrlKey || event.metaKey) && event.key === 'Enter') {
    event.preventDefault();
    step.value = 'result';
    void run.start();
    return;
  }
  const target = event.composedPath()[0];
  const isTyping = target instanceof HTMLElement && (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName));
  if (isTyping || event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return;
  const does = plainKey(event.key);
  if (!does) return;
  event.preventDefault();
  does();
}

function plainKey(key: string): (() => void) | undefined {
  const tabs = ['payload', 'requests', 'items', 'attempts', 'runs'] as const;
  const chosen = tabs[Number(key) - 1];
  if (chosen) {
    return () => {
      step.value = 'result';
      tab.value = chosen;
    };
  }
  switch (key) {
    case '?':
      return () => (helps.value = true);
    case '/':
      return () => focusOn('setup', '#destination');
    case 'e':
      return () => focusOn('make', '.event .editor-host');
    case 'm':
      return () => focusOn('make', '.mapping .filler select, .mapping .editor-host');
    default:
      return undefined;
  }
}

function focusOn(where: Step, selector: string) {
  step.value = where;
  requestAnimationFrame(() => {
    const found = document.querySelector<HTMLElement>(selector);
    (found?.shadowRoot?.querySelector<HTMLElement>('.cm-content') ?? found)?.focus();
  });
}

/** After the server was away: asks again, and makes the preview anew. */
async function lookAgain() {
  if (!state.destination.value) {
    await link.open();
    return;
  }
  try {
    await fetch('/workbench');
    state.trouble.value = null;
    state.mapping.value = { ...state.mapping.value };
  } catch {
    // Still away.
  }
}
