import tokens from './theme.css?inline';

export function sheetOf(css: string): CSSStyleSheet {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  return sheet;
}

let shared: CSSStyleSheet | undefined;

/**
 * The design tokens, light and dark, as custom properties (`--sc-...`) of `:host` and `:root`. They follow the system; `data-theme="light"` or
 * `data-theme="dark"` on the host element (shadow root) or on the root element (document) decides instead.
 */
export function themeSheet(): CSSStyleSheet {
  return shared ??= sheetOf(tokens);
}

export function adopt(root: Document | ShadowRoot, ...sheets: CSSStyleSheet[]): void {
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, ...sheets.filter(sheet => !root.adoptedStyleSheets.includes(sheet))];
}

export type Theme = 'light' | 'dark';

/** What is shown: the attribute's word, else what the system prefers. */
export function themeOf(element: Element): Theme {
  const stated = element.getAttribute('data-theme');
  return stated === 'light' || stated === 'dark' ? stated : matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

/**
 * A brand colour as a sheet of its own: `#rgb` or `#rrggbb`. Text on it is black or white, whichever is easier to read; links
 * and focus rings keep the tokens' colours, whose contrast is known. Anything else answers nothing.
 */
export function accentCss(color: string | null | undefined): string | undefined {
  const match = /^#(?:([0-9a-f])([0-9a-f])([0-9a-f])|([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2}))$/i.exec(color?.trim() ?? '');
  if (!match) {
    return undefined;
  }

  const channels = (match[1] ? [match[1] + match[1], match[2]! + match[2]!, match[3]! + match[3]!] : [match[4]!, match[5]!, match[6]!]);
  const [red, green, blue] = channels.map(channel => {
    const value = parseInt(channel, 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  const luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue;

  // White has more contrast below this luminance (WCAG: 1.05 / (l + .05) against (l + .05) / .05).
  const text = luminance < 0.179 ? '#ffffff' : '#000000';
  const brand = `#${channels.join('')}`;
  return `:host,:root{--sc-accent:${brand};--sc-head:${brand};--sc-on-accent:${text};--sc-on-head:${text}}`;
}
