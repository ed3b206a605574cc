// The controls of every page: the toolkit's, behind this one file, so that another library would be one change.
import {
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeCheckbox,
  vsCodeDropdown,
  vsCodeOption,
  vsCodeProgressRing,
  vsCodeTextField,
} from '@vscode/webview-ui-toolkit';
import { element } from './dom';

provideVSCodeDesignSystem().register(
  vsCodeButton(),
  vsCodeCheckbox(),
  vsCodeDropdown(),
  vsCodeOption(),
  vsCodeProgressRing(),
  vsCodeTextField(),
);

/** A button. `quiet`: one of several beside a line, not the thing to do. */
export function button(label: string, act: () => void, kind: 'primary' | 'quiet' = 'quiet'): HTMLElement {
  const made = element('vscode-button', { appearance: kind === 'primary' ? 'primary' : 'secondary' }, label);
  made.addEventListener('click', act);
  return made;
}

/** A switch. The label says what is so while it is on. */
export function checkbox(label: string, on: boolean, change: (on: boolean) => void): HTMLElement {
  const made = element('vscode-checkbox', on ? { checked: '' } : {}, label);
  // The toolkit's control fires `change` once when it is set up as well: only what differs is told.
  made.addEventListener('change', () => {
    const is = (made as HTMLElement & { checked: boolean }).checked;
    if (is !== on) change(is);
  });
  return made;
}

/** A choice of one of several values, by their labels. */
export function choice(
  label: string,
  options: readonly (readonly [value: string, label: string])[],
  value: string,
  change: (value: string) => void,
): HTMLElement {
  const made = element(
    'vscode-dropdown',
    { 'aria-label': label },
    ...options.map(([each, text]) =>
      element('vscode-option', { value: each, ...(each === value ? { selected: '' } : {}) }, text),
    ),
  );
  made.addEventListener('change', () => change((made as HTMLElement & { value: string }).value));
  return made;
}

/** A field to search by. */
export function searchField(label: string, value: string, change: (text: string) => void): HTMLElement {
  const made = element('vscode-text-field', { placeholder: label, 'aria-label': label, value });
  made.addEventListener('input', () => change((made as HTMLElement & { value: string }).value));
  return made;
}

/** Shows that something is on its way. */
export function progressRing(label: string): HTMLElement {
  return element('vscode-progress-ring', { 'aria-label': label });
}
