import { useSignal } from '@preact/signals';
import { Copy, Download } from '../../shared/copy';
import { Dialog } from '../../shared/dialog';
import { copyLink } from '../link';
import * as run from '../run';
import { mockOf } from '../saved/mock';
import { testOf } from '../saved/test';

type What = 'test' | 'mock' | 'curl';

/** What can be kept of a run: a test, a file for `--mock`, the call itself. */
export function Save() {
  const what = useSignal<What | null>(null);
  const shown = run.current.value;
  return (
    <>
      <select
        aria-label="Keep"
        class="keep"
        value=""
        onChange={(event) => {
          const chosen = event.currentTarget.value;
          event.currentTarget.value = '';
          if (chosen === 'link') void copyLink();
          else if (chosen !== '') what.value = chosen as What;
        }}
      >
        <option value="">Keep …</option>
        <option value="link">Copy a link to all of this</option>
        <option value="test" disabled={!shown}>
          Save as test
        </option>
        <option value="mock" disabled={!shown || shown.answer.report.exchanges.length === 0}>
          Record the answers for --mock
        </option>
        <option value="curl" disabled={!shown}>
          The call as curl
        </option>
      </select>
      {what.value && shown ? <Kept what={what.value} shown={shown} onClose={() => (what.value = null)} /> : null}
    </>
  );
}

const TITLES: Record<What, string> = { test: 'Save as test', mock: 'Record the answers', curl: 'The call as curl' };

function Kept({ what, shown, onClose }: { what: What; shown: run.Run; onClose: () => void }) {
  const { text, about, file } = made(what, shown);
  return (
    <Dialog title={TITLES[what]} onClose={onClose} wide>
      <p>{about}</p>
      <pre class="text" tabIndex={0} aria-label={TITLES[what]}>
        {text}
      </pre>
      <div class="buttons">
        <Copy text={() => text} label="Copy" />
        <Download text={() => text} name={file} />
      </div>
    </Dialog>
  );
}

function made(what: What, shown: run.Run): { text: string; about: string; file: string } {
  switch (what) {
    case 'test':
      return {
        text: testOf(shown),
        about: `A test of what was just seen. Put it into destinations/${shown.destination}/tests, with the testkit and serde_json among the dev-dependencies. The names of the types are guessed from the slugs.`,
        file: `${shown.action.replaceAll(/([a-z])([A-Z])/g, '$1_$2').toLowerCase()}.rs`,
      };
    case 'mock':
      return {
        text: mockOf(shown),
        about: 'The answers as a script: waystation serve --mock answers.json gives them again, and so does the page. Secrets are redacted.',
        file: 'answers.json',
      };
    case 'curl':
      return { text: callOf(shown), about: 'The same run without the page. Secret settings are to be filled in.', file: 'run.sh' };
  }
}

function callOf(shown: run.Run): string {
  const body = { payload: shown.event, settings: shown.settings, mapping: shown.mapping, ...(shown.subscribe ? { subscribe: shown.subscribe } : {}) };
  const json = JSON.stringify(body, null, 2).replaceAll("'", `'\\''`);
  return `curl -sS ${location.origin}/destinations/${shown.destination}/actions/${shown.action} \\\n  -H 'content-type: application/json' -d '${json}'\n`;
}
