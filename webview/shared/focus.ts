// The focus over a page that is made anew: where it was, it is again, so that nobody is thrown out of what they were doing.

const FOCUSABLE =
  ':is(button, input, vscode-button, vscode-checkbox, vscode-dropdown, vscode-text-field, summary, pre[tabindex])';

/** Where the focus is: in the part of the page that is about something (`data-id`), or (`undefined`) anywhere else. */
interface FocusPlace {
  readonly id: string | undefined;
  readonly index: number;
}

/** What can be reached with the keyboard in a part of the page, or outside of all of them. */
function focusablesOf(page: HTMLElement, id: string | undefined): readonly HTMLElement[] {
  if (id !== undefined) return [...page.querySelectorAll<HTMLElement>(`[data-id="${CSS.escape(id)}"] ${FOCUSABLE}`)];
  return [...page.querySelectorAll<HTMLElement>(FOCUSABLE)].filter(each => each.closest('[data-id]') === null);
}

function placeOf(page: HTMLElement): FocusPlace | undefined {
  const { activeElement } = document;
  if (activeElement === null || !page.contains(activeElement)) return undefined;
  const id = activeElement.closest('[data-id]')?.getAttribute('data-id') ?? undefined;
  const index = focusablesOf(page, id).findIndex(each => each === activeElement);
  return index < 0 ? undefined : { id, index };
}

/** Makes a page, or a part of it, anew, and puts the focus where it was. */
export function keepingFocus(page: HTMLElement, render: () => void): void {
  const place = placeOf(page);
  render();
  if (place === undefined || placeOf(page) !== undefined) return;
  focusablesOf(page, place.id)[place.index]?.focus();
}
