import { render } from 'preact';
import { adopt, sheetOf, themeSheet } from '../shared/theme.ts';
import { App } from './app.tsx';
import { Console } from './console.ts';
import css from './console.css?inline';

const root = document.getElementById('app');
if (root !== null) {
  adopt(document, themeSheet(), sheetOf(css));
  document.documentElement.lang ||= 'en';
  const model = new Console();
  render(<App console={model} />, root);
  model.start();
}
