/**
 * The fleet server's half of the packager's link. What was asked and has not ended is asked again, whichever side was started again: a
 * broadcast is open until it was reported as ended, or dropped.
 */
import { FromPackager, MAX_PACKAGER_MESSAGE_BYTES, PACKAGER_SOCKET, type ToPackager } from '#contract/packager-link.ts';
import { ProcessLink, type ProcessStatus } from '#edge/process-link.ts';

type Named<Name extends ToPackager['name']> = Omit<ToPackager & { name: Name }, 'name'>;
export type PackagerHello = Omit<Named<'hello'>, 'protocol'>;
export type PackagerEvent = Exclude<FromPackager, { name: 'hello' }>;

export type PackagerLinkOptions = {
  dataDir: string;
  /** asked at each connection */
  hello: () => PackagerHello | Promise<PackagerHello>;
  onEvent: (event: PackagerEvent) => void;
  /** @param port of its deliveries; null: not connected */
  onStatus?: (status: ProcessStatus, port: number | null) => void;
  log: (what: string, details: { err?: unknown; [detail: string]: unknown }) => void;
};

type Open = { open: Named<'open'>; isEnding: boolean };

export class PackagerLink {
  readonly #options: PackagerLinkOptions;
  readonly #link: ProcessLink<FromPackager, ToPackager>;
  readonly #open = new Map<string, Open>();
  readonly #finishing = new Map<string, Named<'finish'>>();
  /** replays, by broadcast */
  readonly #served = new Map<string, Named<'serve'>>();
  #port: number | null = null;

  constructor(options: PackagerLinkOptions) {
    this.#options = options;
    this.#link = new ProcessLink({
      dataDir: options.dataDir,
      socketName: PACKAGER_SOCKET,
      maxMessageLength: MAX_PACKAGER_MESSAGE_BYTES,
      parse: (raw) => FromPackager.parse(raw),
      hello: async () => options.hello(),
      onHello: (hello) => this.#onHello(hello.port),
      onMessage: (event) => this.#onEvent(event),
      onStatus: (status) => {
        if (status.is === 'away') this.#port = null;
        // with its port, once its hello was read
        if (status.is === 'away') options.onStatus?.(status, null);
      },
      log: options.log,
    });
  }

  get status(): ProcessStatus {
    return this.#link.status;
  }
  /** Of its deliveries; null: not connected. */
  get port(): number | null {
    return this.#port;
  }

  start(): void {
    this.#link.start();
  }
  stop(): void {
    this.#link.stop();
  }

  /** Answered by `opened`, at each connection; ends with `ended`. */
  open(open: Named<'open'>): void {
    this.#open.set(open.broadcastId, { open, isEnding: false });
    this.#link.send({ name: 'open', ...open });
  }

  goLive(broadcastId: string, wentLiveAtMs: number): void {
    const opened = this.#open.get(broadcastId);
    if (!opened) return;
    // the same again where it asks for it after a restart
    opened.open = { ...opened.open, wentLiveAtMs };
    this.#link.send({ name: 'go-live', broadcastId });
  }

  /** Answered by `ended`, also where it was not open. */
  end(broadcastId: string): void {
    const opened = this.#open.get(broadcastId);
    if (opened) opened.isEnding = true;
    this.#link.send({ name: 'end', broadcastId });
  }

  drop(broadcastId: string): void {
    this.#open.delete(broadcastId);
    this.#link.send({ name: 'drop', broadcastId });
  }

  /** Answered by `finished` or `finish-failed`. */
  finish(work: Named<'finish'>): void {
    this.#finishing.set(work.broadcastId, work);
    this.#link.send({ name: 'finish', ...work });
  }

  serve(replay: Named<'serve'>): void {
    this.#served.set(replay.broadcastId, replay);
    this.#link.send({ name: 'serve', ...replay });
  }

  forget(broadcastId: string): void {
    this.#served.delete(broadcastId);
    this.#link.send({ name: 'forget', broadcastId });
  }

  /** Those that stay void are in each hello as well. */
  revoke(viewingIds: string[]): void {
    this.#link.send({ name: 'revoke', viewingIds });
  }

  #onHello(port: number): void {
    this.#port = port;
    this.#options.onStatus?.(this.#link.status, port);
    for (const { open, isEnding } of this.#open.values()) {
      this.#link.send({ name: 'open', ...open });
      if (isEnding) this.#link.send({ name: 'end', broadcastId: open.broadcastId });
    }
    for (const replay of this.#served.values()) this.#link.send({ name: 'serve', ...replay });
    for (const work of this.#finishing.values()) this.#link.send({ name: 'finish', ...work });
  }

  #onEvent(event: PackagerEvent): void {
    if (event.name === 'ended') this.#open.delete(event.broadcastId);
    if (event.name === 'finished' || event.name === 'finish-failed') this.#finishing.delete(event.broadcastId);
    this.#options.onEvent(event);
  }
}
