/** What bare workerd is told: the Worker, its Durable Object class on a directory of its own, and that it may reach this machine only. */
import type { Bundle } from "./bundle.ts";

export function configText(
  { modules, className, binding, date, flags, texts }: Bundle,
  storage: string,
  port: number,
): string {
  const quote = JSON.stringify;
  const embeds = modules.map(({ name, kind }) => `(name = ${quote(name)}, ${kind} = embed ${quote(`worker/${name}`)})`);
  const secrets = Object.entries(texts).map(([name, text]) => `(name = ${quote(name)}, text = ${quote(text)})`);
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "worker", worker = .worker),
    (name = "storage", disk = (path = ${quote(storage)}, writable = true)),
    (name = "internet", network = (allow = ["local"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "worker")],
);
const worker :Workerd.Worker = (
  modules = [${embeds.join(", ")}],
  compatibilityDate = ${quote(date)},
  compatibilityFlags = [${flags.map((flag) => quote(flag)).join(", ")}],
  durableObjectNamespaces = [(className = ${quote(className)}, uniqueKey = "bench", enableSql = true)],
  durableObjectStorage = (localDisk = "storage"),
  bindings = [${[`(name = ${quote(binding)}, durableObjectNamespace = ${quote(className)})`, ...secrets].join(", ")}],
);
`;
}
