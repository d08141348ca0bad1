import { parse } from '../shared/json';
import * as state from './state';

/** Who answers calls besides runs: the same as answers runs, and nobody while the script is no JSON. */
export function partner(): unknown {
  const mode = state.mode.value;
  if (mode !== 'scripted') return { kind: mode };
  const parsed = parse(state.scriptText.value);
  return 'value' in parsed ? { kind: 'scripted', script: parsed.value } : { kind: 'dryRun' };
}
