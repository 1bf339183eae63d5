type Child = Node | string | false | undefined;
type Attribute = string | number | boolean | undefined | ((event: never) => void);

/**
 * Makes an element. The form needs no framework: it is drawn once, and what changes is few and known. Attributes are set as attributes,
 * functions become listeners, children become nodes; there is no way for text to become markup.
 */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K, attributes: Readonly<Record<string, Attribute>> = {}, ...children: readonly Child[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') {
      element.addEventListener(name, value as EventListener);
    } else {
      set(element, name, value);
    }
  }

  element.append(...children.filter(child => child !== undefined && child !== false) as (Node | string)[]);
  return element;
}

/** Sets an attribute, or takes it away. */
export function set(element: Element, name: string, value: string | number | boolean | undefined): void {
  if (value === undefined || value === false) {
    element.removeAttribute(name);
  } else {
    element.setAttribute(name, value === true ? '' : String(value));
  }
}

/** Sets a text when it is another one: what is the same is not read aloud again. */
export function say(element: Element, text: string): void {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

const SVG = 'http://www.w3.org/2000/svg';

export function lock(): SVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  const path = document.createElementNS(SVG, 'path');
  set(svg, 'class', 'glyph');
  set(svg, 'viewBox', '0 0 24 24');
  set(svg, 'aria-hidden', 'true');
  set(path, 'd', 'M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 017 0v3');
  svg.append(path);
  return svg;
}
