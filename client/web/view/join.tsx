/** The door: a name, and on the front page a chat. */
import { Component } from "preact";
import type { ServerEntry } from "../../../src/chat/wire.ts";
import type { Place } from "../talk.ts";

/** What names of chats are. */
const CHAT = "[a-z0-9][a-z0-9\\-]{0,31}";
/** Characters of a name. */
const MAX_NAME = 32;

interface Props {
  place: Place;
  /** Whether the chat can be chosen. */
  choose: boolean;
  name: string;
  join(name: string, place: Place): void;
}

type Listed = Pick<ServerEntry, "name" | "status">;

export class Join extends Component<Props, { servers?: Listed[] }> {
  override componentDidMount(): void {
    void serversOf(this.props.place.chat).then((servers) => this.setState({ servers }));
  }

  #submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget as HTMLFormElement);
    const text = (field: string) => String(fields.get(field) ?? "").trim();
    const { place, choose } = this.props;
    const server = text("server");
    const name = text("name");
    if (name !== "") this.props.join(name, { chat: choose ? text("chat") : place.chat, ...(server && { server }) });
  };

  override render({ place, choose, name }: Props, { servers = [] }: { servers?: Listed[] }) {
    const living = servers.filter(({ name, status }) => status === "alive" && !name.includes("@"));
    const isThere = place.server === undefined || living.some(({ name }) => name === place.server);
    return (
      <main class="door">
        <form onSubmit={this.#submit}>
          <h1>{choose ? "Chatty" : place.chat}</h1>
          <p class="quiet">{choose ? "A chat on many servers that are one." : "Say who you are, and join the chat."}</p>
          <label>
            Name
            <input name="name" required maxLength={MAX_NAME} defaultValue={name} autocomplete="nickname" autofocus />
          </label>
          {choose && (
            <label>
              Chat
              <input
                name="chat"
                required
                defaultValue={place.chat}
                pattern={CHAT}
                title="a-z, 0-9 and - (not first), at most 32"
                autocapitalize="none"
                spellcheck={false}
              />
            </label>
          )}
          {!isThere && servers.length > 0 && (
            <p role="alert">There is no server {place.server} in this chat now; any other one is as good.</p>
          )}
          {!choose && living.length > 1 && (
            <label>
              Server
              <select name="server">
                <option value="">Any</option>
                {living.map(({ name }) => (
                  <option key={name} selected={name === place.server}>
                    {name}
                  </option>
                ))}
              </select>
            </label>
          )}
          <button type="submit" class="main">
            Join
          </button>
        </form>
      </main>
    );
  }
}

/** The servers of a chat; none if nobody says. */
export async function serversOf(chat: string): Promise<(Listed & { clients: number })[]> {
  try {
    const answer = await fetch(`/chats/${chat}/servers`);
    const { servers } = (await answer.json()) as { servers?: (Listed & { clients: number })[] };
    return servers ?? [];
  } catch (error) {
    // No network, or no JSON: the connection will tell.
    if (error instanceof TypeError || error instanceof SyntaxError) return [];
    throw error;
  }
}
