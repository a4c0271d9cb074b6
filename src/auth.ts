/** Operators and peer servers show the cookie, as the original's nodes do. */
import { timingSafeEqual } from "hono/utils/buffer";
import { httpError } from "./object/http.ts";

/** Why a call is refused, or nothing if it carries the deployment's cookie. */
export async function refuseWithoutCookie(
  cookie: string | undefined,
  header: string | undefined,
): Promise<Response | undefined> {
  if (!cookie) return httpError(403, "no_cookie", "this deployment has no COOKIE set, so it takes no orders");
  const given = /^Bearer (.+)$/.exec(header ?? "")?.[1];
  if (given !== undefined && (await timingSafeEqual(given, cookie))) return undefined;
  return httpError(401, "unauthorized", "operators and servers send Authorization: Bearer <COOKIE>");
}
