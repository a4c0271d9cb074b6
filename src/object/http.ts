/** Responses in the shape of the contract. */

export const json = (body: string, status = 200): Response =>
  new Response(body, { status, headers: { "content-type": "application/json" } });

/** `{"error":{"code","message"}}`: what was wrong and what to do. `extra`: fields beside it. */
export const httpError = (status: number, code: string, message: string, extra: Record<string, unknown> = {}) =>
  json(JSON.stringify({ error: { code, message }, ...extra }), status);

/** A body's text, or nothing if it is longer than `most` bytes, whatever its header says. */
export async function readText(body: ReadableStream<Uint8Array> | null, most: number): Promise<string | undefined> {
  if (body === null) return "";
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > most) return undefined;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
