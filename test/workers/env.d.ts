/** What the tests find in `env` and `exports` of cloudflare:workers: the bindings of wrangler.toml and the Worker itself. */
declare namespace Cloudflare {
  interface Env {
    CHAT_SERVER: DurableObjectNamespace;
    COOKIE: string;
    ASSETS: Fetcher;
  }
  interface GlobalProps {
    mainModule: typeof import("../../src/index.ts");
  }
}
