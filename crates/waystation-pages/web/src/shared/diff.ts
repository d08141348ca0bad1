/** A row of two texts side by side. */
export interface Row {
  kind: 'same' | 'changed' | 'gap';
  before?: string;
  now?: string;
}

/** The most lines that are compared one by one; beyond, the texts stand side by side as they are. */
const MOST = 1500;
/** How many equal lines are shown around what differs. */
const AROUND = 2;

/** The lines of two texts side by side, long stretches of equal ones left out. */
export function diff(before: string, now: string): Row[] {
  const one = before.split('\n');
  const other = now.split('\n');
  const rows = one.length > MOST || other.length > MOST ? beside(one, other) : align(one, other);
  return shortened(rows);
}

/** By the longest common subsequence. */
function align(one: string[], other: string[]): Row[] {
  const width = other.length + 1;
  const lengths = new Uint16Array((one.length + 1) * width);
  const at = (i: number, j: number) => lengths[i * width + j] ?? 0;
  for (let i = one.length - 1; i >= 0; i -= 1) {
    for (let j = other.length - 1; j >= 0; j -= 1) {
      lengths[i * width + j] = one[i] === other[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const rows: Row[] = [];
  let removed: string[] = [];
  let added: string[] = [];
  const flush = () => {
    rows.push(...beside(removed, added));
    removed = [];
    added = [];
  };
  let i = 0;
  let j = 0;
  while (i < one.length || j < other.length) {
    const left = one[i];
    const right = other[j];
    if (left !== undefined && left === right) {
      flush();
      rows.push({ kind: 'same', before: left, now: right });
      i += 1;
      j += 1;
    } else if (right === undefined || (left !== undefined && at(i + 1, j) >= at(i, j + 1))) {
      removed.push(left ?? '');
      i += 1;
    } else {
      added.push(right);
      j += 1;
    }
  }
  flush();
  return rows;
}

function beside(removed: string[], added: string[]): Row[] {
  return Array.from({ length: Math.max(removed.length, added.length) }, (_, index) => ({
    kind: removed[index] === added[index] ? ('same' as const) : ('changed' as const),
    before: removed[index],
    now: added[index],
  }));
}

function shortened(rows: Row[]): Row[] {
  const isNear = rows.map((_, index) => rows.slice(Math.max(0, index - AROUND), index + AROUND + 1).some(({ kind }) => kind === 'changed'));
  const shown: Row[] = [];
  rows.forEach((row, index) => {
    if (isNear[index]) shown.push(row);
    else if (shown[shown.length - 1]?.kind !== 'gap') shown.push({ kind: 'gap', before: '⋯', now: '⋯' });
  });
  return shown;
}
