import { render } from 'preact';
import { adopt, sheetOf, themeSheet } from '../shared/theme.ts';
import { InsidePage } from './page.tsx';
import css from './inside.css?inline';

const root = document.getElementById('app');
if (root !== null) {
  adopt(document, themeSheet(), sheetOf(css));
  render(<InsidePage prefix={new URL(/* @vite-ignore */ '.', import.meta.url)} />, root);
}
