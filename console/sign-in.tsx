// Who calls, where the engine wants to know it. What is typed here is held by this tab alone, and
// sent to the engine in a header.

import { useState } from 'preact/hooks';
import { Field } from './page/field.tsx';
import { strangeIn } from './page/typed.ts';
import { useSession } from './session.ts';

type Way = 'key' | 'token';

export function SignIn() {
  const session = useSession();
  const [way, setWay] = useState<Way>('key');
  const [id, setId] = useState('');
  const [secret, setSecret] = useState('');
  const [token, setToken] = useState('');
  const [remembers, setRemembers] = useState(false);
  const typed = way === 'key' ? [id, secret] : [token];
  const submit = (event: Event) => {
    event.preventDefault();
    if (typed.some((one) => strangeIn(one) !== undefined)) return;
    const said = way === 'key' ? `${id.trim()}.${secret.trim()}` : token.trim();
    session.signIn(`Bearer ${said}`, remembers);
  };
  return (
    <>
      <h1 tabIndex={-1}>Sign in</h1>
      <p role="alert">
        {session.isSignedIn.value
          ? 'The engine does not know these credentials, or they are over.'
          : 'The engine wants to know who calls.'}
      </p>
      <form class="narrow" onSubmit={submit} autocomplete="off">
        <fieldset>
          <legend>By</legend>
          <label class="inline">
            <input type="radio" checked={way === 'key'} onChange={() => setWay('key')} />
            an API key
          </label>
          <label class="inline">
            <input type="radio" checked={way === 'token'} onChange={() => setWay('token')} />a token
          </label>
        </fieldset>
        {way === 'key' ? (
          <>
            <Credential label="Key id" value={id} onValue={setId} type="text" />
            <Credential label="Secret" value={secret} onValue={setSecret} />
          </>
        ) : (
          <Credential label="Bearer token" value={token} onValue={setToken} />
        )}
        <label class="inline">
          <input
            type="checkbox"
            checked={remembers}
            onChange={({ currentTarget }) => setRemembers(currentTarget.checked)}
          />
          Remember it while this tab is open
        </label>
        <p class="hint">Otherwise it is forgotten when the page is loaded again.</p>
        <button type="submit" class="main">
          Sign in
        </button>
      </form>
    </>
  );
}

type CredentialProps = {
  readonly label: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
  /** @default 'password' */
  readonly type?: 'text' | 'password';
};

function Credential({ type = 'password', ...field }: CredentialProps) {
  const strange = strangeIn(field.value);
  const code = strange?.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0');
  const fault = strange && `It holds “${strange}” (U+${code}), which no key and no token has.`;
  return <Field type={type} {...field} fault={fault} required />;
}
