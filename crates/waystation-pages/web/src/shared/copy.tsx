import { useState } from 'preact/hooks';

interface Props {
  text: () => string;
  label: string;
}

/** Copies a text, and says so. */
export function Copy({ text, label }: Props) {
  const [done, setDone] = useState('');
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text());
      setDone('Copied');
    } catch {
      setDone('Not allowed');
    }
    setTimeout(() => setDone(''), 1500);
  };
  return (
    <button type="button" class="small" onClick={copy}>
      <span aria-live="polite">{done || label}</span>
    </button>
  );
}

/** Offers a text as a file. */
export function Download({ text, name }: { text: () => string; name: string }) {
  const save = () => {
    const address = URL.createObjectURL(new Blob([text()], { type: 'text/plain' }));
    const link = document.createElement('a');
    link.href = address;
    link.download = name;
    link.click();
    URL.revokeObjectURL(address);
  };
  return (
    <button type="button" class="small" onClick={save}>
      Save {name}
    </button>
  );
}
