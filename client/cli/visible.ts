/** What others write is shown, never obeyed: everything a terminal acts upon becomes a visible sign. */

/** Control characters, line and paragraph separators, marks that turn the direction of text, and signs of no width that pose as none. */
const ACTIVE =
  /[\p{Cc}\u2028\u2029\u200b\u200e\u200f\u061c\u180e\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]/gu;
/** Unicode's pictures of the C0 controls begin here; that of DEL lies apart. */
const PICTURES = 0x2400;
const DEL_PICTURE = "\u2421";
const RETURN_SIGN = "\u23ce";
const TAB_SIGN = "\u21e5";

/** A text as one line that can be printed: `␛` for escape, `⏎` for a line break, `⇥` for a tab, `<202e>` for others. */
export const visible = (text: string): string =>
  text.toWellFormed().replace(/\r\n/g, RETURN_SIGN).replace(ACTIVE, sign);

function sign(character: string): string {
  const code = character.charCodeAt(0);
  if (character === "\n" || code === 0x2028 || code === 0x2029) return RETURN_SIGN;
  if (character === "\t") return TAB_SIGN;
  if (code < 0x20) return String.fromCharCode(PICTURES + code);
  if (code === 0x7f) return DEL_PICTURE;
  return `<${code.toString(16).padStart(2, "0")}>`;
}

/** An object as one line of JSON that no terminal obeys; what it says is the same. */
export const visibleJson = (object: unknown): string =>
  JSON.stringify(object).replace(ACTIVE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
