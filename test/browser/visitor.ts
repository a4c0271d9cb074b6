/** Somebody with a browser, who does what people do and sees what is there. */
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { expect, inject, it } from "vitest";

/** Milliseconds something may take to be seen, on a machine that does much else. */
export const SEEN_MS = 20_000;

const endpoint = inject("browser");
let browser: Promise<Browser> | undefined;

/** A test that needs the browser. */
export const browse = it.skipIf(endpoint === undefined);

export class Visitor {
  readonly page: Page;
  /** What the console said that it should not say. */
  readonly errors: string[] = [];

  private constructor(page: Page) {
    this.page = page;
    page.on("pageerror", (error) => this.errors.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") this.errors.push(message.text());
    });
  }

  static async come(options: BrowserContextOptions = {}): Promise<Visitor> {
    browser ??= chromium.connect(endpoint as string);
    const context = await (await browser).newContext({ locale: "en-GB", reducedMotion: "reduce", ...options });
    context.setDefaultTimeout(SEEN_MS);
    return new Visitor(await context.newPage());
  }

  /** Another tab of the same browser. */
  async another(): Promise<Visitor> {
    return new Visitor(await this.context.newPage());
  }

  get context(): BrowserContext {
    return this.page.context();
  }

  get log() {
    return this.page.getByRole("log", { name: "Messages" });
  }

  get status() {
    return this.page.getByRole("status");
  }

  get message() {
    return this.page.getByRole("textbox", { name: "Message" });
  }

  async join(url: string, name: string): Promise<this> {
    await this.page.goto(url);
    await this.page.getByRole("textbox", { name: "Name" }).fill(name);
    await this.page.getByRole("button", { name: "Join" }).click();
    await this.message.waitFor();
    // One can write before one is welcomed, but hears nothing.
    await this.page.locator(".side").getByText("you", { exact: true }).waitFor({ state: "attached" });
    return this;
  }

  async say(text: string): Promise<void> {
    await this.message.fill(text);
    await this.message.press("Enter");
  }

  /** Waits until a text is seen in the list. */
  async sees(text: string): Promise<void> {
    await this.page.locator(".text").getByText(text, { exact: true }).first().waitFor();
  }

  /** The texts that are drawn, in order. */
  texts(): Promise<string[]> {
    return this.page.locator(".row .text").allTextContents();
  }

  /** The servers and those on them, as they stand beside the list. */
  async side(): Promise<string[]> {
    return this.page.locator(".side").locator("h3, li").allTextContents();
  }

  async untilSide(lines: string[]): Promise<void> {
    await expect.poll(() => this.side(), { timeout: SEEN_MS, interval: 50 }).toEqual(lines);
  }

  /** The texts of those messages that wait. */
  sending(): Promise<string[]> {
    return this.page.locator(".sending .text").allTextContents();
  }

  /** Waits until it is so. */
  async until(what: string, isSo: () => Promise<boolean>): Promise<void> {
    await expect.poll(isSo, { message: what, timeout: SEEN_MS, interval: 50 }).toBe(true);
  }

  async leave(): Promise<void> {
    await this.context.close();
  }
}
