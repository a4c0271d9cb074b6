/**
 * Addresses of servers. Within a deployment a server is known by its `name`; one of another deployment is `name@host`, as the original's
 * `{name, 'node@host'}`. What leaves for another deployment carries this one's HOST, and loses it again where it is at home.
 */
import { NAME } from "./parse.ts";

/** A host name or an IPv4 address, in lower case, with a port if it is not the scheme's own. */
export const HOST = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?(?::[0-9]{1,5})?$/;

/** The host of an address; nothing for a server of this deployment. */
export function hostOf(address: string): string | undefined {
  const at = address.indexOf("@");
  return at < 0 ? undefined : address.slice(at + 1);
}

/** The name of the server at an address. */
export const nameOf = (address: string): string => address.split("@", 1)[0] as string;

export function isAddress(text: string): boolean {
  const host = hostOf(text);
  return NAME.test(nameOf(text)) && (host === undefined || HOST.test(host));
}

/** An address as this deployment, which others call `host`, keeps it. */
export const atHome = (address: string, host: string | undefined): string =>
  host !== undefined && hostOf(address) === host ? nameOf(address) : address;

/** An address as other deployments know it. */
export const abroad = (address: string, host: string): string =>
  hostOf(address) === undefined ? `${address}@${host}` : address;

/** Whether a host is this machine: only there the connection may go without encryption. */
export const isLoopback = (host: string): boolean => /^(?:localhost|127(?:\.[0-9]{1,3}){3})(?::[0-9]+)?$/.test(host);

/** Where a deployment answers. */
export const urlOfHost = (host: string, kind: "http" | "ws"): string =>
  `${kind}${isLoopback(host) ? "" : "s"}://${host}`;
