// Copying what is shown, where the browser lets a page do it.

import { useSession } from '../session.ts';

export function CopyButton({ text, what }: { readonly text: string; readonly what: string }) {
  const session = useSession();
  const { copy } = session.host;
  if (copy === undefined) return null;
  return (
    <button
      type="button"
      onClick={() =>
        copy(text).then(
          () => session.announce(`Copied the ${what}.`),
          () => session.announce('The browser did not let it be copied.'),
        )
      }
    >
      Copy<span class="unseen"> the {what}</span>
    </button>
  );
}
