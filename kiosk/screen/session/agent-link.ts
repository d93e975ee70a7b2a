/**
 * The screen's one WebSocket to its agent, on loopback. Owns opening it again and again (an agent that restarts is met
 * within a second, without any navigation) and parsing the messages; screen-session.ts handles them.
 */
import type { ErrorCode } from '#contract/error-codes.ts';
import { retryAfterMs } from '#contract/retry-after.ts';
import { AgentToScreen, type ScreenToAgent } from '#contract/screen-link.ts';

/** Loopback refuses at once when nobody listens, so trying often costs nothing. */
const PAUSES = { firstMs: 100, longestMs: 600 };
/** A page that is not known asks seldom: the agent writes each refusal down. */
const UNKNOWN_RETRY_MS = 2_000;
const KEY_LOOK_MS = 50;
/** A shell leaves the key within its first second; after this, the page shows that it is missing. */
const KEY_MISSED_AFTER_MS = 5_000;

type Hello = Extract<ScreenToAgent, { type: 'hello' }>;
type Socket = Pick<WebSocket, 'send' | 'close' | 'readyState' | 'onopen' | 'onmessage' | 'onclose'>;

export type AgentLinkOptions = {
  url: string;
  /** null: none yet, and no connection before there is one */
  key: () => string | null;
  /** whether the listener there has the key too: the page sends nothing to another. @throws when nobody answers */
  isAgentThere: (key: string) => Promise<boolean>;
  /** the first message of each connection, but for the key */
  hello: () => Omit<Hello, 'key'>;
  onMessage: (message: AgentToScreen) => void;
  /** true from the agent's welcome on */
  onUp: (up: boolean) => void;
  /** the agent does not want this page's protocol */
  onRefused: (code: ErrorCode) => void;
  /** no key came, or the agent knows another */
  onKeyless: (keyless: boolean) => void;
  openSocket?: (url: string) => Socket;
};

export class AgentLink {
  readonly #options: AgentLinkOptions;
  #socket: Socket | null = null;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  #up = false;
  #keyless = false;
  #stopped = true;

  constructor(options: AgentLinkOptions) {
    this.#options = options;
  }

  start(): void {
    if (!this.#stopped) return;
    this.#stopped = false;
    this.#open(0);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#retry);
    this.#socket?.close();
  }

  /** False: the agent is not there; the caller decides what to send later. */
  send(message: ScreenToAgent): boolean {
    if (!this.#up || this.#socket === null) return false;
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  /** @param waitedMs for a key so far */
  #open(waitedMs: number): void {
    const key = this.#options.key();
    if (key === null) {
      if (waitedMs >= KEY_MISSED_AFTER_MS) this.#setKeyless(true);
      this.#retry = setTimeout(() => this.#open(waitedMs + KEY_LOOK_MS), KEY_LOOK_MS);
      return;
    }
    void this.#options.isAgentThere(key).then(
      (there) => {
        if (this.#stopped) return;
        if (there) this.#connect(key);
        else {
          console.error('screen: who answers is not the agent that gave the key');
          this.#setKeyless(true);
          this.#openAgain();
        }
      },
      () => {
        if (!this.#stopped) this.#openAgain();
      },
    );
  }

  #connect(key: string): void {
    const socket = (this.#options.openSocket ?? ((url) => new WebSocket(url)))(this.#options.url);
    this.#socket = socket;
    socket.onopen = () => socket.send(JSON.stringify({ ...this.#options.hello(), key } satisfies Hello));
    socket.onmessage = ({ data }) => this.#take(data);
    socket.onclose = () => {
      if (this.#socket !== socket) return;
      this.#socket = null;
      this.#setUp(false);
      if (!this.#stopped) this.#openAgain();
    };
  }

  #openAgain(): void {
    const pauseMs = this.#keyless ? UNKNOWN_RETRY_MS : retryAfterMs(this.#failures, PAUSES);
    this.#failures += 1;
    this.#retry = setTimeout(() => this.#open(0), pauseMs);
  }

  #take(data: unknown): void {
    const read = AgentToScreen.safeParse(parseJson(data));
    if (!read.success) {
      console.error('screen: a message of the agent was not understood', read.error);
      return;
    }
    const message = read.data;
    if (message.type === 'unknown') return;
    if (message.type === 'error') {
      console.error('screen: the agent refused', message.code);
      if (message.code === 'forbidden') this.#setKeyless(true);
      if (message.code === 'client-too-old' || message.code === 'server-too-old') this.#options.onRefused(message.code);
      return;
    }
    if (message.type === 'welcome') {
      this.#failures = 0;
      this.#setKeyless(false);
      this.#setUp(true);
    }
    this.#options.onMessage(message);
  }

  #setKeyless(keyless: boolean): void {
    if (this.#keyless === keyless) return;
    this.#keyless = keyless;
    this.#options.onKeyless(keyless);
  }

  #setUp(up: boolean): void {
    if (this.#up === up) return;
    this.#up = up;
    this.#options.onUp(up);
  }
}

function parseJson(data: unknown): unknown {
  try {
    return JSON.parse(String(data));
  } catch {
    return undefined;
  }
}
