/** What operators can do here: start a server, disconnect one. The cookie stays in the memory of this page. */
import { Component, createRef } from "preact";
import type { Shown } from "./model.ts";
import { plural } from "./words.ts";

/** What names of servers are, and how long an address may be. */
const NAME = "[a-z0-9][a-z0-9\\-]{0,31}";
const MAX_ADDRESS = 300;

/** What was ordered last, and what came of it. */
interface Outcome {
  text: string;
  /** Whether it failed; and, if that would help, how it can be forced. */
  failed?: boolean;
  force?: () => void;
}

/** What the parts of the page need to give orders. */
export interface Operator {
  cookie: string;
  /** Asks whether a server is meant to go. */
  choose(server: Shown): void;
}

/** The button that disconnects a server, or why there is none. */
export function OrderButton({ server, operator }: { server: Shown; operator: Operator }) {
  const { name, condition } = server;
  if (condition === "left") return <span class="aside">left</span>;
  const at = name.indexOf("@");
  if (at >= 0) return <span class="aside">takes orders at {name.slice(at + 1)} only</span>;
  return (
    <button type="button" aria-label={`Disconnect ${name}`} onClick={() => operator.choose(server)}>
      Disconnect
    </button>
  );
}

interface Props {
  chat: string;
  cookie: string;
  setCookie(cookie: string): void;
  /** A server to start from. */
  boot: string;
  /** Who is about to be disconnected: another object each time it is asked whether that is meant. */
  chosen: Shown | undefined;
}

export class Orders extends Component<Props, { outcome?: Outcome; busy: boolean }> {
  override state: { outcome?: Outcome; busy: boolean } = { busy: false };
  readonly #dialog = createRef<HTMLDialogElement>();
  /** The first field of the form that is there. */
  readonly #field = createRef<HTMLInputElement>();
  readonly #outcome = createRef<HTMLParagraphElement>();

  override componentDidUpdate({ chosen, cookie }: Props): void {
    if (this.props.chosen !== chosen) this.#dialog.current?.showModal();
    // The form one was in is gone: one goes on in the other.
    if ((this.props.cookie === "") !== (cookie === "")) this.#field.current?.focus();
  }

  #disconnect(server: string, body: object): void {
    // The button that was pressed goes, and this is where it is said what came of it, and what else can be done.
    this.#outcome.current?.focus();
    void this.#order(server, "disconnect", body);
  }

  async #order(server: string, verb: "start" | "disconnect", body: object): Promise<void> {
    const doing = verb === "start" ? `Starting ${server}…` : `Disconnecting ${server}…`;
    this.setState({ busy: true, outcome: { text: doing } });
    const refused = await this.#send(server, verb, body);
    const done = verb === "start" ? `${server} is started` : `${server} has left`;
    const outcome: Outcome = refused === undefined ? { text: done } : { text: refused.message, failed: true };
    if (refused?.code === "no_peer") outcome.force = () => this.#disconnect(server, { force: true });
    this.setState({ busy: false, outcome });
    const field = this.#field.current;
    // The next one has another name, unless it is being typed already.
    if (verb === "start" && refused === undefined && field?.name === "name" && field.value.trim() === server)
      field.value = "";
  }

  /** Why it was refused, in words; nothing if it was not. */
  async #send(server: string, verb: string, body: object): Promise<{ code: string; message: string } | undefined> {
    const { chat, cookie } = this.props;
    try {
      const headers = { authorization: `Bearer ${cookie}` };
      const init = { method: "POST", headers, body: JSON.stringify(body) };
      const answer = await fetch(`/chats/${chat}/servers/${server}/${verb}`, init);
      const { error } = (await answer.json()) as { error?: { code: string; message: string } };
      if (error?.code === "unauthorized")
        return { code: "unauthorized", message: "That is not the cookie of this deployment" };
      return error;
    } catch (error) {
      // No network, a cookie no header can hold, or no JSON.
      if (error instanceof TypeError) return { code: "offline", message: "The order could not be sent" };
      if (error instanceof SyntaxError) return { code: "garbled", message: "The deployment gave no usable answer" };
      throw error;
    }
  }

  #enter = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    this.props.setCookie(String(new FormData(form).get("cookie") ?? ""));
    this.setState({ outcome: { text: "" } });
  };

  #start = (event: SubmitEvent): void => {
    event.preventDefault();
    if (this.state.busy) return;
    const fields = new FormData(event.currentTarget as HTMLFormElement);
    const text = (field: string) => String(fields.get(field) ?? "").trim();
    void this.#order(text("name"), "start", text("boot") === "" ? {} : { boot: text("boot") });
  };

  #confirmed = (): void => {
    const { chosen } = this.props;
    this.#dialog.current?.close();
    if (chosen) this.#disconnect(chosen.name, {});
  };

  override render({ cookie, setCookie, boot, chosen }: Props, { outcome, busy }: { outcome?: Outcome; busy: boolean }) {
    return (
      <section class="orders" aria-labelledby="orders">
        <h2 id="orders">Operate</h2>
        {cookie === "" ? (
          <form onSubmit={this.#enter}>
            <label>
              Cookie
              <input
                ref={this.#field}
                name="cookie"
                type="password"
                required
                autocomplete="off"
                aria-describedby="cookie-kept"
              />
            </label>
            <button type="submit">Enter</button>
            <p class="aside" id="cookie-kept">
              Whoever holds the cookie of the deployment starts and disconnects servers. It is kept in this page only,
              until it is closed.
            </p>
          </form>
        ) : (
          <>
            <form onSubmit={this.#start}>
              <label>
                New server
                <input
                  ref={this.#field}
                  name="name"
                  required
                  pattern={NAME}
                  title="a-z, 0-9 and - (not first), at most 32"
                  autocapitalize="none"
                  spellcheck={false}
                  autocomplete="off"
                />
              </label>
              <label>
                Joins
                <input
                  name="boot"
                  defaultValue={boot}
                  maxLength={MAX_ADDRESS}
                  title="a server of the chat, or name@host of another deployment"
                  autocapitalize="none"
                  spellcheck={false}
                  autocomplete="off"
                />
              </label>
              {/* Who disables what has the focus takes it away. */}
              <button type="submit" aria-disabled={busy}>
                Start
              </button>
            </form>
            <button type="button" class="plain" onClick={() => setCookie("")}>
              Forget the cookie
            </button>
          </>
        )}
        <p role="status" ref={this.#outcome} tabIndex={-1} class={outcome?.failed ? "refused" : ""}>
          {outcome?.text}
        </p>
        {outcome?.force && (
          <button type="button" onClick={outcome.force}>
            Disconnect all the same
          </button>
        )}
        <dialog ref={this.#dialog} aria-labelledby="going">
          <h2 id="going">Disconnect {chosen?.name}?</h2>
          <p>
            It hands over what it holds and leaves the chat.{" "}
            {chosen && chosen.clients > 0
              ? `Its ${plural(chosen.clients, "client")} ${chosen.clients === 1 ? "goes" : "go"} on at other servers by ${chosen.clients === 1 ? "itself" : "themselves"}.`
              : "Nobody is connected to it."}
          </p>
          <button type="button" class="main" onClick={this.#confirmed}>
            Disconnect
          </button>
          {/* Begun with, so that Enter held too long disconnects nothing. */}
          <button type="button" autofocus onClick={() => this.#dialog.current?.close()}>
            Keep
          </button>
        </dialog>
      </section>
    );
  }
}
