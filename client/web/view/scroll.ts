/** Where in the list one reads: at the end it stays there, elsewhere the row that is read stays where it is, whatever comes above or below. */

/** Pixels from the end that still count as the end. */
const END_PX = 48;
/** Pixels from the beginning at which what is before is read. */
const BEGIN_PX = 800;

export interface Ears {
  /** The end is in sight now, or not any more. */
  end(atEnd: boolean): void;
  /** The beginning is near. */
  begin(): void;
}

export class Scroll {
  readonly #box: HTMLElement;
  readonly #ears: Ears;
  readonly #sizes: ResizeObserver;
  #atEnd = true;
  /** The height of all at the last look. */
  #height = 0;
  /** Pixels that could not be gone. */
  #owed = 0;
  /** What is read: a row, or a part that is not drawn; and where it is, in pixels from the beginning. */
  #held: { part: HTMLElement; row: HTMLElement | undefined; at: number } | undefined;

  /** `box` scrolls; its only child has the rows, each with `data-key`. */
  constructor(box: HTMLElement, ears: Ears) {
    this.#box = box;
    this.#ears = ears;
    this.#sizes = new ResizeObserver(() => this.#settle());
    for (const part of [box, ...box.children]) this.#sizes.observe(part);
    box.addEventListener("scroll", this.#moved, { passive: true });
  }

  end(): void {
    this.#sizes.disconnect();
    this.#box.removeEventListener("scroll", this.#moved);
  }

  toEnd(): void {
    this.#box.scrollTop = this.#box.scrollHeight;
  }

  /** Something is about to change: what is read may be drawn by now, so that it can be held by its row. */
  ready(): void {
    if (this.#held && this.#held.row === undefined) this.#hold();
  }

  /** Looks whether the beginning is near; for when there may be more of it. */
  look(): void {
    if (this.#box.scrollTop < BEGIN_PX) this.#ears.begin();
  }

  #moved = (): void => {
    const { scrollTop, scrollHeight, clientHeight } = this.#box;
    // Neither what came since the last look, nor another width of the page, has moved anybody away from the end.
    const atEnd = Math.min(this.#height, scrollHeight) - scrollTop - clientHeight < END_PX;
    if (atEnd !== this.#atEnd) {
      this.#atEnd = atEnd;
      this.#ears.end(atEnd);
    }
    this.#settle();
    this.look();
  };

  /** Goes with what is read if that has another place now. */
  #settle(): void {
    this.#height = this.#box.scrollHeight;
    if (this.#atEnd) {
      this.#held = undefined;
      this.toEnd();
      return;
    }
    const place = this.#held && this.#placeOf(this.#held);
    if (this.#held && place) this.#goBy(this.#at(place) - this.#held.at);
    this.#hold();
  }

  /** Scrolls by as much; only whole pixels are gone, the rest is gone the next time. */
  #goBy(pixels: number): void {
    if (pixels === 0) return;
    const from = this.#box.scrollTop;
    this.#box.scrollTop = from + pixels + this.#owed;
    this.#owed = Math.max(-1, Math.min(1, from + pixels + this.#owed - this.#box.scrollTop));
  }

  /** Where what is held is drawn now: a row that was moved into a chunk is another element of the same key. */
  #placeOf({ part, row }: { part: HTMLElement; row: HTMLElement | undefined }): HTMLElement | undefined {
    if (row === undefined) return part.isConnected ? part : undefined;
    if (row.isConnected) return row;
    return this.#box.querySelector<HTMLElement>(`[data-key="${CSS.escape(row.dataset.key ?? "")}"]`) ?? undefined;
  }

  /** Pixels from the beginning, however far one has scrolled. */
  #at(element: Element): number {
    const { top } = element.getBoundingClientRect();
    return top - this.#box.getBoundingClientRect().top + this.#box.scrollTop;
  }

  /** Remembers the first row in sight. */
  #hold(): void {
    const edge = this.#box.getBoundingClientRect().top;
    for (const part of this.#box.querySelectorAll<HTMLElement>("[data-part]")) {
      // The log has no box of its own.
      const last = part.lastElementChild ?? part;
      if (last.getBoundingClientRect().bottom <= edge) continue;
      const rows = [...part.querySelectorAll<HTMLElement>("[data-key]")];
      const row = rows.find((row) => row.getBoundingClientRect().bottom > edge);
      this.#held = { part, row, at: this.#at(row ?? part) };
      return;
    }
  }
}

/** Tells elements whether they are near what is seen. */
export class Sight {
  readonly #observer: IntersectionObserver;
  readonly #ears = new Map<Element, (near: boolean, height: number) => void>();

  /** `margin`: pixels around what is seen that count as near. */
  constructor(box: Element, margin: number) {
    const options = { root: box, rootMargin: `${margin}px 0px` };
    this.#observer = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting, boundingClientRect } of entries)
        this.#ears.get(target)?.(isIntersecting, boundingClientRect.height);
    }, options);
  }

  watch(element: Element, ear: (near: boolean, height: number) => void): () => void {
    this.#ears.set(element, ear);
    this.#observer.observe(element);
    return () => {
      this.#ears.delete(element);
      this.#observer.unobserve(element);
    };
  }
}
