/** The chat itself: header, list, composer, and who is here. */
import { Component } from "preact";
import { host } from "../host.ts";
import { isOutdated } from "../model/link.ts";
import type { Tab } from "../tab.ts";
import type { Talk } from "../talk.ts";
import { Banner } from "./banner.tsx";
import { Composer } from "./composer.tsx";
import { Keys } from "./keys.tsx";
import { List } from "./list.tsx";
import { Side } from "./side.tsx";

interface Props {
  talk: Talk;
  chat: string;
  tab: Tab;
  newer: boolean;
  changed(): void;
  leave(): void;
  anew(): void;
  reload(): void;
}

interface State {
  keys: boolean;
  /** Whether the side is shown, where there is no room for it beside the list. */
  side: boolean;
}

export class Room extends Component<Props, State> {
  #list: List | undefined;
  #composer: Composer | undefined;
  override state: State = { keys: false, side: false };
  #atEnd = true;
  readonly #holdList = (list: List): void => {
    this.#list = list;
  };
  readonly #holdComposer = (composer: Composer): void => {
    this.#composer = composer;
  };

  override componentDidMount(): void {
    addEventListener("keydown", this.#key);
    document.addEventListener("visibilitychange", this.#watch);
    this.#watch();
  }

  override componentDidUpdate(_: Props, before: State): void {
    if (this.state.side && !before.side) document.querySelector<HTMLElement>(".side .close")?.focus();
  }

  override componentWillUnmount(): void {
    removeEventListener("keydown", this.#key);
    document.removeEventListener("visibilitychange", this.#watch);
  }

  #watch = (): void => {
    this.props.talk.conversation.watch(this.#atEnd && !document.hidden);
    this.props.changed();
  };

  readonly #deeds = {
    again: (key: string) => this.#act(() => this.props.talk.again(key)),
    drop: (key: string) => this.#act(() => void this.props.talk.conversation.takeFailed(key)),
    earlier: () => void this.props.talk.earlier().finally(this.props.changed),
    end: (atEnd: boolean) => {
      this.#atEnd = atEnd;
      this.#watch();
    },
  };

  #act(act: () => void): void {
    act();
    this.props.changed();
  }

  #say = (text: string): void => {
    this.#act(() => this.props.talk.say(text));
    this.#list?.toEnd();
  };

  #share = async (): Promise<void> => {
    const { conversation } = this.props.talk;
    const url = `${location.origin}/chats/${this.props.chat}`;
    // Only pages over https, or from this machine, may write to the clipboard.
    const copied = await navigator.clipboard?.writeText(url).then(
      () => true,
      () => false,
    );
    this.#act(() => conversation.link.say(copied ? "The link is copied" : `The link is ${url}`, host.now()));
  };

  #key = (event: KeyboardEvent): void => {
    const { target, key, ctrlKey, metaKey, altKey } = event;
    if (key === "Escape" && this.state.side) this.setState({ side: false });
    if (ctrlKey || metaKey || altKey || (target as Element).closest("input, textarea, select, dialog")) return;
    if (key === "?") {
      event.preventDefault();
      this.setState({ keys: true });
    } else if (key === "End") this.#list?.toEnd();
    // What is typed is meant for the message.
    else if (key.length === 1 && key !== " " && !(target as Element).closest("a, button")) this.#composer?.focus();
  };

  override render({ talk, chat, tab, newer, leave, anew, reload }: Props, { keys, side }: State) {
    const { conversation, past } = talk;
    const { people, unread, link } = conversation;
    const closeSide = () => this.setState({ side: false });
    const banner = link.banner(host.now(), talk.waiting);
    const outdated = isOutdated(banner);
    return (
      <div class={`room${side ? " with-side" : ""}`}>
        <header>
          <h1>{chat}</h1>
          <button
            type="button"
            class="plain people"
            aria-expanded={side}
            onClick={() => this.setState({ side: !side })}
          >
            {people.count} {outdated ? (people.count === 1 ? "was here" : "were here") : "here"}
          </button>
          <button type="button" class="plain" onClick={this.#share}>
            Copy link
          </button>
          <button
            type="button"
            class="plain"
            onClick={() => this.setState({ keys: true })}
            aria-label="Keys"
            title="Keys (?)"
          >
            ?
          </button>
          <button type="button" class="plain" onClick={leave}>
            Leave
          </button>
        </header>
        <main>
          <Banner banner={banner} newer={newer} deeds={{ tryNow: () => talk.tryNow(), anew, reload }} />
          <List hold={this.#holdList} conversation={conversation} past={past} deeds={this.#deeds} />
          {!this.#atEnd && (
            <button type="button" class="latest" onClick={() => this.#list?.toEnd()}>
              {unread.count > 0 ? `${unread.count} new` : "Latest"} ↓
            </button>
          )}
          <Composer
            hold={this.#holdComposer}
            draft={tab.draft}
            keep={(draft) => {
              tab.draft = draft;
            }}
            say={this.#say}
            away={() => this.#list?.focus()}
          />
        </main>
        <Side conversation={conversation} chat={chat} isOutdated={outdated} close={closeSide} />
        {keys && <Keys closed={() => this.setState({ keys: false })} />}
      </div>
    );
  }
}
