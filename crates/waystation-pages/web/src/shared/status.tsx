import type { JSX } from 'preact';

/** What became of something: the same words, shapes and colours on every page, in the log and in the documentation. */
export type Status = 'delivered' | 'shown' | 'skipped' | 'waiting' | 'failed' | 'partial' | 'unknown' | 'warning' | 'ready';

const SHAPES: Record<Status, JSX.Element> = {
  delivered: <path d="M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13Zm3.2 5-3.7 4.2a.8.8 0 0 1-1.2 0L4.8 9.2l1.1-1.1 1 1 3.2-3.6 1.1 1Z" />,
  shown: <path d="M8 3C4.6 3 2 5.4 1 8c1 2.600 3.600 5 7 5s6-2.400 7-5c-1-2.600-3.600-5-7-5Zm0 8a3 3 0 1 1 0-6 3 3 0 0 1 0 6Zm0-1.500a1.500 1.500 0 1 0 0-3 1.500 1.500 0 0 0 0 3Z" />,
  skipped: <path d="M8 1.500a6.500 6.500 0 1 0 0 13 6.500 6.500 0 0 0 0-13ZM4.500 7.200h7v1.600h-7V7.200Z" />,
  waiting: <path d="M8 1.500a6.500 6.500 0 1 0 0 13 6.500 6.500 0 0 0 0-13Zm.8 3v3.200l2.300 1.400-.8 1.300-3-1.900V4.500h1.500Z" />,
  failed: <path d="M5.300 1.500h5.400l3.800 3.800v5.400l-3.800 3.800H5.300l-3.800-3.800V5.300l3.800-3.800Zm.5 3.200L4.700 5.800 6.900 8l-2.200 2.200 1.100 1.100L8 9.100l2.200 2.200 1.100-1.100L9.100 8l2.200-2.200-1.100-1.100L8 6.900 5.800 4.700Z" />,
  partial: <path d="M8 1.500a6.500 6.500 0 1 0 0 13 6.500 6.500 0 0 0 0-13ZM8 3v10A5 5 0 0 1 8 3Z" />,
  unknown: <path d="M8 1.200 14.800 8 8 14.800 1.200 8 8 1.200Zm-.8 8.900v1.500h1.600v-1.500H7.200ZM8 4.300c-1.300 0-2.200.8-2.300 2h1.500c0-.4.3-.7.8-.7s.8.3.8.7c0 .9-1.600 1-1.600 2.900h1.500c0-1.200 1.700-1.300 1.700-2.900 0-1.200-1-2-2.400-2Z" />,
  warning: <path d="M8 1.500 15 14H1L8 1.500ZM7.200 6v4h1.600V6H7.200Zm0 5v1.500h1.600V11H7.200Z" />,
  ready: <path d="M8 1.500a6.500 6.500 0 1 0 0 13 6.500 6.500 0 0 0 0-13ZM8 3a5 5 0 1 1 0 10A5 5 0 0 1 8 3Z" />,
};

export function StatusIcon({ status }: { status: Status }) {
  return (
    <svg class={`status-icon ${status}`} viewBox="0 0 16 16" aria-hidden="true">
      {SHAPES[status]}
    </svg>
  );
}

/** A status with its word. */
export function StatusWord({ status, children }: { status: Status; children?: preact.ComponentChildren }) {
  return (
    <span class={`status ${status}`}>
      <StatusIcon status={status} />
      <span>{children ?? status}</span>
    </span>
  );
}

/** The status of an HTTP answer. */
export function httpStatus(code: number): Status {
  if (code < 300) return 'delivered';
  if (code < 400) return 'skipped';
  return code === 429 || code >= 500 ? 'warning' : 'failed';
}
