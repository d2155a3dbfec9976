// Light or dark: what the reader's system says, until he says something else here.

import { useState } from 'preact/hooks';
import type { Host } from '../host.ts';
import { useSession } from '../session.ts';

const remembered = 'sluice.theme';
const themes = ['system', 'light', 'dark'] as const;
type Theme = (typeof themes)[number];

function themeIn(host: Host): Theme {
  const said = host.browser.get(remembered);
  return themes.find((theme) => theme === said) ?? 'system';
}

export function applyTheme(host: Host): void {
  document.documentElement.dataset['theme'] = themeIn(host);
}

export function ThemeSwitch() {
  const { host } = useSession();
  const [theme, setTheme] = useState(themeIn(host));
  const choose = (text: string) => {
    host.browser.set(remembered, text === 'system' ? undefined : text);
    applyTheme(host);
    setTheme(themeIn(host));
  };
  return (
    <label class="inline">
      Theme
      <select value={theme} onChange={({ currentTarget }) => choose(currentTarget.value)}>
        {themes.map((one) => (
          <option key={one}>{one}</option>
        ))}
      </select>
    </label>
  );
}
