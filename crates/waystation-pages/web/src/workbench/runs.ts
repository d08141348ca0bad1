import type { Run } from './run';

const NAME = 'waystation.runs';
/** How many runs are kept. */
const MOST = 30;

/** The runs of earlier visits. They hold no secrets: the server has taken them out of what it shows, and settings that
 * are secret were never kept. */
export function recall(): Run[] {
  try {
    const stored = JSON.parse(localStorage.getItem(NAME) ?? '[]') as unknown;
    return Array.isArray(stored) ? (stored as Run[]) : [];
  } catch {
    return [];
  }
}

/** Keeps the newest runs; as many of them as there is room for. */
export function remember(runs: Run[]): Run[] {
  let kept = runs.slice(0, MOST);
  while (kept.length > 0) {
    try {
      localStorage.setItem(NAME, JSON.stringify(kept));
      return kept;
    } catch {
      kept = kept.slice(0, Math.floor(kept.length / 2));
    }
  }
  return runs.slice(0, 1);
}

export function forget() {
  localStorage.removeItem(NAME);
}
