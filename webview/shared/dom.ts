// Elements made in code: text is always text, never markup.

export type Child = Node | string;

/** An HTML element with attributes and children. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly Child[]
): HTMLElement {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

const SVG = 'http://www.w3.org/2000/svg';

/** An SVG element with attributes and children. */
export function svg(
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  ...children: readonly Node[]
): SVGElement {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  made.append(...children);
  return made;
}

/** A link that does something here instead of going somewhere. */
export function action(label: string, act: () => void, title: string): HTMLElement {
  const made = element('button', { class: 'link', type: 'button', title }, label);
  made.addEventListener('click', act);
  return made;
}
