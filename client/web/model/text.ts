/** Texts are only text, in which the addresses of the web can be followed. */

/** Plain text, or an address. */
export type Piece = string | { href: string; text: string };

/** Up to white space, quotes, or a character that is not seen. */
const ADDRESS = /\bhttps?:\/\/[^\s<>"'`\p{C}\p{Z}\p{Pi}\p{Pf}]+/giu;
/** What rather ends the sentence than the address. */
const ENDS = /[.,;:!?*_~)\]}…]$/u;

/** A text in pieces that together are the text. */
export function pieces(text: string): Piece[] {
  const found: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const address = trimmed(match[0]);
    const href = hrefOf(address);
    if (href === undefined) continue;
    if (match.index > end) found.push(text.slice(end, match.index));
    found.push({ href, text: address });
    end = match.index + address.length;
  }
  if (end < text.length) found.push(text.slice(end));
  return found;
}

/** Without the punctuation behind it; a bracket that was opened in the address belongs to it. */
function trimmed(address: string): string {
  let end = address.length;
  while (end > 0 && ENDS.test(address.slice(0, end))) {
    const part = address.slice(0, end);
    if (part.endsWith(")") && count(part, "(") >= count(part, ")")) break;
    end--;
  }
  return address.slice(0, end);
}

const count = (text: string, character: string): number => text.split(character).length - 1;

/** Nothing if it is no address, or one that shows another host than it leads to, as `https://bank.example@evil.example`. */
function hrefOf(address: string): string | undefined {
  if (!URL.canParse(address)) return undefined;
  const url = new URL(address);
  return url.username === "" && url.password === "" ? url.href : undefined;
}
