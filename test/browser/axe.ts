/** What is in the way of people with disabilities. */
import axe from "axe-core";
import type { Visitor } from "./visitor.ts";

/** What axe finds on a page that matters. */
export async function violations(visitor: Visitor): Promise<string[]> {
  await visitor.page.evaluate(axe.source);
  const { violations } = await visitor.page.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run());
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join("; ")}`,
    );
}
