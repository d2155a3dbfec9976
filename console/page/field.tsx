// A field of a form: its label, what it takes, and what is wrong with what it has.

import { useId } from 'preact/hooks';

type FieldProps = {
  readonly label: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly type?: 'text' | 'password' | 'search';
  readonly hint?: string;
  readonly fault?: string | undefined;
  readonly required?: boolean;
  readonly inputMode?: 'numeric' | 'decimal';
};

export function Field({ label, value, onValue, type = 'text', hint, fault, ...more }: FieldProps) {
  const id = useId();
  const described = [hint && `${id}-hint`, fault && `${id}-fault`].filter(Boolean).join(' ');
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        type={type as 'text'}
        value={value}
        onInput={({ currentTarget }) => onValue(currentTarget.value)}
        aria-describedby={described || undefined}
        aria-invalid={fault !== undefined}
        autocomplete="off"
        spellcheck={false}
        {...more}
      />
      <Notes id={id} hint={hint} fault={fault} />
    </div>
  );
}

type NotesProps = {
  readonly id: string;
  readonly hint: string | undefined;
  readonly fault: string | undefined;
};

/** Below a field with that id, which names them as what describes it. */
export function Notes({ id, hint, fault }: NotesProps) {
  return (
    <>
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {fault && (
        <p class="fault" id={`${id}-fault`}>
          {fault}
        </p>
      )}
    </>
  );
}
