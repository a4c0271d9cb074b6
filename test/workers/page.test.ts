/** The page as it is served. */
import { env, exports } from "cloudflare:workers";
import { expect, it } from "vitest";
import { app } from "../../src/app.ts";

const PAGES = ["/", "/chats/tea-room"];

it.for(PAGES)("H1 W16 %s is the page, under a policy that lets nothing in", async (path) => {
  const response = await exports.default.fetch(`https://chatty.example${path}`, { headers: { accept: "text/html" } });
  expect(response.status).toBe(200);
  const policy = response.headers.get("content-security-policy") ?? "";
  const rules = new Map(policy.split("; ").map((rule) => [rule.split(" ")[0], rule]));
  expect(rules.get("default-src")).toBe("default-src 'none'");
  expect(rules.get("script-src")).toBe("script-src 'self'");
  expect(rules.get("style-src")).toBe("style-src 'self'");
  expect(rules.get("connect-src")).toBe("connect-src 'self' ws: wss:");
  for (const none of ["base-uri", "form-action", "frame-ancestors"]) expect(rules.get(none)).toBe(`${none} 'none'`);
  expect(policy).not.toContain("unsafe");
  expect(response.headers.get("x-content-type-options")).toBe("nosniff");
  expect(response.headers.get("referrer-policy")).toBe("no-referrer");
  const page = await response.text();
  expect(page).not.toMatch(/<script(?![^>]* src=)|<style|\sstyle=|\son\w+=/);
  for (const [, file] of page.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)) {
    const asset = await env.ASSETS.fetch(`https://chatty.example${file}`);
    expect([file, asset.status]).toEqual([file, 200]);
    await asset.arrayBuffer();
  }
  expect(page).toMatch(/<script[^>]* src="\/assets\//);
});

it("H1 a Worker without the page's files says how to connect", async () => {
  const { ASSETS: _, ...bare } = env;
  const response = await app.request("https://chatty.example/chats/tea-room", {}, bare);
  expect([response.status, await response.text()]).toEqual([
    200,
    expect.stringContaining("chatty.example/chats/tea-room/ws"),
  ]);
});
