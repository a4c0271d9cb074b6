/** Responses in the shape of the contract. */

export const json = (body: string, status = 200): Response =>
  new Response(body, { status, headers: { "content-type": "application/json" } });

/** `{"error":{"code","message"}}`: what was wrong and what to do. `extra`: fields beside it. */
export const httpError = (status: number, code: string, message: string, extra: Record<string, unknown> = {}) =>
  json(JSON.stringify({ error: { code, message }, ...extra }), status);
