// Text of a declaration that a function of ours parses.
import { z } from 'zod';

/** Text that is parsed: `parse` gives the value, or says in a message what is wrong. */
export function parsed<T>(
  parse: (text: string) => { readonly value: T } | { readonly message: string },
): z.ZodType<T, string> {
  return z
    .string()
    .min(1)
    .transform((text, context): T => {
      const result = parse(text);
      if ('value' in result) return result.value;
      context.addIssue({ code: 'custom', message: result.message });
      return z.NEVER;
    });
}
