/** For tests: a delivery on a free port of loopback, with keys of its own and viewers' tokens. */
import { livePath } from '#contract/live-delivery.ts';
import type { Delivery, DeliveryOptions } from '../stream.ts';
import { type TokenOptions, WatchTokens } from '../testing/watch-tokens.ts';
import { createDelivery } from './index.ts';

export class DeliveryUnderTest {
  readonly logged: string[] = [];
  readonly #options: DeliveryOptions;
  #delivery: Delivery;
  #tokens!: WatchTokens;

  constructor(options: Partial<DeliveryOptions> = {}) {
    this.#options = {
      listenAt: { host: '127.0.0.1', port: 0 },
      tls: null,
      trustedProxies: [],
      keptAt: null,
      log: (what) => this.logged.push(what),
      ...options,
    };
    this.#delivery = createDelivery(this.#options);
  }

  get delivery(): Delivery {
    return this.#delivery;
  }

  async start(origins: string[] = []): Promise<this> {
    this.#tokens = await WatchTokens.create();
    await this.delivery.start();
    this.configure({ origins });
    return this;
  }

  /** As after the death of its process: nobody has sent it anything yet. */
  async startAgain(): Promise<void> {
    await this.delivery.stop();
    this.#delivery = createDelivery(this.#options);
    await this.delivery.start();
  }

  configure({ origins = [], revoked = [] }: { origins?: string[]; revoked?: string[] }): void {
    this.delivery.configure({ keys: this.#tokens.keys, origins, revokedViewingIds: revoked });
  }

  get origin(): string {
    return `${this.#options.tls ? 'https' : 'http'}://127.0.0.1:${this.delivery.port}`;
  }
  url(broadcastId: string, file: string): string {
    return this.origin + livePath(broadcastId, file);
  }

  token(broadcastId: string, options: TokenOptions = {}): Promise<string> {
    return this.#tokens.sign(broadcastId, options);
  }

  /** By a bearer's token; a token of its own where none is given. */
  async get(broadcastId: string, file: string, init: RequestInit & { token?: string } = {}): Promise<Response> {
    const { token = await this.token(broadcastId), ...rest } = init;
    const headers = { authorization: `Bearer ${token}`, ...rest.headers };
    return fetch(this.url(broadcastId, file), { ...rest, headers });
  }
}
