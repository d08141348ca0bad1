interface Option<K extends string> {
  key: K;
  label: string;
  title?: string;
  disabled?: boolean;
}

interface Props<K extends string> {
  label: string;
  options: Option<K>[];
  value: K;
  onChange: (key: K) => void;
}

/** One of a few, all of them visible: radio buttons, arrows included. */
export function Segmented<K extends string>({ label, options, value, onChange }: Props<K>) {
  return (
    <div class="segmented" role="radiogroup" aria-label={label}>
      {options.map((option) => (
        <label key={option.key} title={option.title} class={option.key === value ? 'chosen' : ''}>
          <input
            type="radio"
            name={label}
            value={option.key}
            checked={option.key === value}
            disabled={option.disabled}
            onChange={() => onChange(option.key)}
          />
          {option.label}
        </label>
      ))}
    </div>
  );
}
