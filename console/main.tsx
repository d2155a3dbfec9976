// The page begins here.

import { render } from 'preact';
import { App } from './app.tsx';
import { browserHost } from './host.ts';
import { applyTheme } from './page/theme.tsx';
import { Session } from './session.ts';

const root = document.getElementById('console');
if (root === null) throw new Error('the page has a place for the console');
applyTheme(browserHost);
render(<App session={new Session(browserHost)} />, root);
