/** What the system says when it will not do something. */

/** Its code, like `ENOENT`. */
export const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

/** Its words, without the call and the path that Node adds: `permission denied (EACCES)`. */
export function wordsOf(error: unknown): string {
  const { message } = error as Error;
  const words = /^(E[A-Z0-9]+): ([^,]+)/.exec(message);
  return words ? `${words[2]} (${words[1]})` : message;
}
