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
  /** The row at the top, and how far below the top it is. */
  #held: { row: HTMLElement; key: string; top: number } | undefined;

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

  /** Looks whether the beginning is near; for when there may be more of it. */
  look(): void {
    if (this.#box.scrollTop < BEGIN_PX) this.#ears.begin();
  }

  #moved = (): void => {
    const { scrollTop, scrollHeight, clientHeight } = this.#box;
    const atEnd = scrollHeight - scrollTop - clientHeight < END_PX;
    if (atEnd !== this.#atEnd) {
      this.#atEnd = atEnd;
      this.#ears.end(atEnd);
    }
    this.#hold();
    this.look();
  };

  /** Something has another size. */
  #settle(): void {
    if (this.#atEnd) {
      this.toEnd();
      return;
    }
    if (this.#held === undefined) return;
    const { key, top } = this.#held;
    // A row that was moved into a chunk is another element of the same key.
    const row = this.#held.row.isConnected
      ? this.#held.row
      : this.#box.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`);
    if (row === null) return;
    const moved = this.#topOf(row) - top;
    if (moved !== 0) this.#box.scrollTop += moved;
    this.#hold();
  }

  #topOf(element: Element): number {
    return element.getBoundingClientRect().top - this.#box.getBoundingClientRect().top;
  }

  /** Remembers the first row in sight. */
  #hold(): void {
    const edge = this.#box.getBoundingClientRect().top;
    for (const part of this.#box.querySelectorAll<HTMLElement>("[data-part]")) {
      // The log has no box of its own.
      const { bottom } = (part.lastElementChild ?? part).getBoundingClientRect();
      if (bottom <= edge) continue;
      for (const row of part.querySelectorAll<HTMLElement>("[data-key]")) {
        const { top, bottom } = row.getBoundingClientRect();
        if (bottom <= edge) continue;
        this.#held = { row, key: row.dataset.key ?? "", top: top - edge };
        return;
      }
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
