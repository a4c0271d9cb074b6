/** What may be larger than its place, and is read by keys too. */
import type { ComponentChildren } from "preact";

export const Scrolls = ({ label, children }: { label: string; children: ComponentChildren }) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so keys must reach it
  <section class="scrolls" aria-label={label} tabIndex={0}>
    {children}
  </section>
);
