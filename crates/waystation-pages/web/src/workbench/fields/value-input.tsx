import type { Json } from '../../shared/json';
import type { Field } from '../types';
import { choicesOf, typed } from './rules';

interface Props {
  id: string;
  field: Field;
  value: Json | undefined;
  onChange: (value: Json | undefined) => void;
  isRequired?: boolean;
  problem?: string | undefined;
  describedBy?: string | undefined;
}

/** A plain value: a text, a number, yes or no, one of the choices. */
export function ValueInput({ id, field, value, onChange, isRequired, problem, describedBy }: Props) {
  const common = {
    id,
    'aria-invalid': problem ? ('true' as const) : undefined,
    'aria-describedby': describedBy,
    'aria-required': isRequired,
    disabled: field.readOnly,
  };
  const choices = choicesOf(field);
  if (field.type === 'boolean' && choices.length === 0 && !field.multiple) {
    return (
      <select {...common} value={value === undefined ? '' : String(value)} onChange={(event) => onChange(event.currentTarget.value === '' ? undefined : event.currentTarget.value === 'true')}>
        <option value="">not set</option>
        <option value="true">true</option>
        <option value="false">false</option>
      </select>
    );
  }
  if (choices.length > 0 && !field.multiple) {
    const index = choices.findIndex((choice) => JSON.stringify(choice.value) === JSON.stringify(value));
    return (
      <select {...common} value={index < 0 ? '' : String(index)} onChange={(event) => onChange(choices[Number(event.currentTarget.value || -1)]?.value)}>
        <option value="">{value === undefined || index >= 0 ? 'not set' : `${JSON.stringify(value)} (not one of the choices)`}</option>
        {choices.map((choice, place) => (
          <option key={place} value={String(place)}>
            {choice.label}
          </option>
        ))}
      </select>
    );
  }
  const text = {
    ...common,
    spellcheck: false,
    placeholder: field.placeholder ?? '',
    value: asText(value),
    onInput: (event: { currentTarget: HTMLInputElement }) =>
      onChange(event.currentTarget.value === '' ? undefined : read(event.currentTarget.value, field)),
  };
  if (field.type === 'password') return <input {...text} type="password" autocomplete="new-password" />;
  const isNumber = field.type === 'number' || field.type === 'integer';
  return <input {...text} type="text" autocomplete="off" inputMode={isNumber ? 'decimal' : 'text'} />;
}

function asText(value: Json | undefined): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Lists and objects are typed as JSON; what is none is kept as text until it is. */
function read(text: string, field: Field): Json {
  if (field.multiple || field.type === 'object') {
    try {
      return JSON.parse(text) as Json;
    } catch {
      return text;
    }
  }
  return typed(text, field);
}
