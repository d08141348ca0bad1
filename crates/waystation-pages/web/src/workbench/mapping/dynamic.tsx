import { useState } from 'preact/hooks';
import { ask } from '../../shared/ask';
import { isObject, type Json } from '../../shared/json';
import { partner } from '../partner';
import * as state from '../state';
import type { CallAnswer } from '../types';

interface Choice {
  label: string;
  value: string;
}

/** Choices that the partner is asked for. */
export function DynamicChoices({ field, label, onChoose }: { field: string; label: string; onChoose: (value: Json) => void }) {
  const [choices, setChoices] = useState<Choice[] | null>(null);
  const [said, setSaid] = useState('');
  const fetchChoices = async () => {
    setSaid('Asking …');
    try {
      const answer = await ask<CallAnswer>('POST', `/workbench/destinations/${state.destinationSlug.value}/call`, {
        call: { kind: 'dynamicField', action: state.actionSlug.value, field, payload: state.shownEvent.value?.resolved ?? {} },
        settings: state.settings.value,
        partner: partner(),
      });
      const told = isObject(answer.answer) ? answer.answer : {};
      const found = Array.isArray(told['choices']) ? (told['choices'] as unknown as Choice[]) : [];
      const error = isObject(told['error']) ? String(told['error']['message'] ?? '') : '';
      setChoices(found);
      setSaid(answer.failure?.message ?? (error || (found.length === 0 ? emptyWords() : `${found.length} choices`)));
    } catch (error) {
      setSaid(state.words(error));
    }
  };
  return (
    <div class="dynamic">
      <button type="button" class="small" onClick={() => void fetchChoices()}>
        Ask for choices
      </button>
      {choices && choices.length > 0 ? (
        <select aria-label={`Choices for ${label}`} value="" onChange={(event) => event.currentTarget.value && onChoose(event.currentTarget.value)}>
          <option value="">Choose …</option>
          {choices.map((choice) => (
            <option key={choice.value} value={choice.value}>
              {choice.label}
            </option>
          ))}
        </select>
      ) : null}
      <span class="soft" role="status">
        {said}
      </span>
    </div>
  );
}

function emptyWords(): string {
  return state.mode.value === 'dryRun' ? 'A dry run asks nobody: choose “Real” or “Scripted”.' : 'The partner has no choices.';
}
