/** How it stands with the connection, in a word above the messages; it covers and moves nothing. */
import type { Banner as Data } from "../model/link.ts";

interface Props {
  banner: Data | undefined;
  /** Whether the deployment has a newer page. */
  newer: boolean;
  deeds: { tryNow(): void; anew(): void; reload(): void };
}

export function Banner({ banner, newer, deeds }: Props) {
  const text = banner ? wordsOf(banner) : newer ? "A newer page is there. It is loaded when you pause." : "";
  return (
    <div class={`banner ${banner?.kind ?? (newer ? "notice" : "none")}`}>
      {/* What counts down is only seen: read aloud, it would be said each second. */}
      <span role="status">{text}</span>
      {banner?.kind === "offline" && (
        <>
          <span aria-hidden="true">{banner.seconds > 0 ? `trying again in ${banner.seconds} s` : "trying…"}</span>
          <button type="button" onClick={deeds.tryNow}>
            Try now
          </button>
        </>
      )}
      {banner?.kind === "ended" && (
        <button type="button" onClick={banner.again === "here" ? deeds.reload : deeds.anew}>
          {banner.again === "here" ? "Go on here" : "Join again"}
        </button>
      )}
      {!banner && newer && (
        <button type="button" onClick={deeds.reload}>
          Load now
        </button>
      )}
    </div>
  );
}

const wordsOf = (banner: Data): string =>
  banner.kind === "offline" && banner.waiting > 0 ? `${banner.text}, ${banner.waiting} waiting` : banner.text;
