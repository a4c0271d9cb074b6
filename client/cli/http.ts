/** Requests to a deployment, and what their answers mean: what was asked for, a refusal, or nothing. */

/** A server answered and said no. */
export class Refused extends Error {
  override name = "Refused";
  /** Whether asking again later may help. */
  readonly passing: boolean;

  /** `code`: as in docs/protocol.md, or one of this program; `status`: of the answer. */
  constructor(code: string, message: string, status = 400) {
    super(`${code}: ${message}`);
    this.passing = status >= 500;
  }
}

/** Nobody answered. */
export class Unreachable extends Error {
  override name = "Unreachable";
}

export interface Listed {
  name: string;
  status: string;
  clients: number;
}

/** Milliseconds an answer may take: a disconnect waits up to 10 s for other servers. */
const TIMEOUT_MS = 30_000;
/** Characters of an answer that is not understood which are shown. */
const SHOWN = 100;

/** Asks a deployment and answers the JSON it gives. Throws Refused or Unreachable. */
export async function ask(url: string, init: RequestInit = {}): Promise<Record<string, unknown>> {
  let status: number;
  let body: string;
  try {
    // Whoever is sent elsewhere must be told where, not have their cookie taken there.
    const answer = await fetch(url, { ...init, redirect: "manual", signal: AbortSignal.timeout(TIMEOUT_MS) });
    status = answer.status;
    body = await answer.text();
  } catch (error) {
    throw new Unreachable(`no answer from ${new URL(url).origin} (${reason(error)})`);
  }
  const object = parse(body);
  const { code, message } = (isObject(object?.error) ? object.error : {}) as { code?: unknown; message?: unknown };
  if (typeof code === "string" && typeof message === "string") throw new Refused(code, message, status);
  if (status === 200 && object) return object;
  if (status >= 500) throw new Unreachable(`${new URL(url).origin} is not available (status ${status})`);
  const how = body === "" ? "nothing" : `'${body.slice(0, SHOWN)}'`;
  throw new Refused("no_chatty", `${new URL(url).origin} does not answer like Chatty: status ${status}, ${how}`);
}

/** The servers in an answer. Throws Refused if it has none. */
export function serversIn({ servers }: Record<string, unknown>): Listed[] {
  if (!Array.isArray(servers) || !servers.every(isListed))
    throw new Refused("no_chatty", "the answer lists no servers");
  return servers;
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
const isListed = (value: unknown): value is Listed =>
  isObject(value) && typeof value.name === "string" && typeof value.status === "string";

function parse(body: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Why a request failed, in a word: the system's code if there is one. */
function reason(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  const code = isObject(cause) && typeof cause.code === "string" ? cause.code : undefined;
  return code ?? (cause instanceof Error ? cause.message : String(cause));
}
