/** Requests of the validator: HTTP/2 over TLS, as Apple's players want it, and HTTP/1.1 without; with the viewer's token. */
import { Agent, get as getPlain, type IncomingHttpHeaders } from 'node:http';
import { type ClientHttp2Session, connect } from 'node:http2';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';

export type Fetched = {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
  tookMs: number;
  /** `h2`, `http/1.1` */
  protocol: string;
};

export type ValidatorClientOptions = {
  url: string;
  /** of the viewer; null: none is needed */
  token: string | null;
  /** PEM */
  ca?: string | undefined;
  /** a server that is away is asked again for so long; 0: it must never be away */
  patienceMs?: number | undefined;
};

const ASKED_AGAIN_MS = 100;
/** It ends, or has just started. */
const BETWEEN = /shutting-down|no keys of the fleet server/;

export class ValidatorClient {
  readonly #origin: string;
  readonly #headers: Record<string, string>;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #ca: string | undefined;
  readonly #patienceMs: number;
  #session: ClientHttp2Session | null = null;
  #outages = 0;

  constructor({ url, token, ca, patienceMs = 0 }: ValidatorClientOptions) {
    this.#origin = new URL(url).origin;
    this.#patienceMs = patienceMs;
    this.#headers = { 'accept-encoding': 'gzip', ...(token === null ? {} : { authorization: `Bearer ${token}` }) };
    this.#ca = ca;
  }

  /** Requests that the server did not answer because it was away. */
  get outages(): number {
    return this.#outages;
  }

  /** @throws what the network throws, where the server is away for longer than our patience */
  async get(url: string, headers: Record<string, string> = {}): Promise<Fetched> {
    const startedAtMs = performance.now();
    for (let wasAway = false; ; await sleep(ASKED_AGAIN_MS)) {
      const hasPatience = performance.now() - startedAtMs < this.#patienceMs;
      try {
        const fetched = await this.#getOnce(url, headers);
        const isBetween = fetched.status === 503 && BETWEEN.test(fetched.body.toString());
        if (!hasPatience || !(isBetween || (wasAway && fetched.status === 503))) return fetched;
      } catch (error) {
        if (!hasPatience) throw error;
        this.#session = null;
      }
      if (!wasAway) this.#outages += 1;
      wasAway = true;
    }
  }

  async #getOnce(url: string, headers: Record<string, string>): Promise<Fetched> {
    const startMs = performance.now();
    const fetched = await (this.#origin.startsWith('https:') ? this.#secure(url, headers) : this.#plain(url, headers));
    const isGzip = fetched.headers['content-encoding'] === 'gzip' && fetched.body.length > 0;
    return { ...fetched, body: isGzip ? gunzipSync(fetched.body) : fetched.body, tookMs: performance.now() - startMs };
  }

  close(): void {
    this.#agent.destroy();
    this.#session?.destroy();
  }

  #plain(url: string, headers: Record<string, string>): Promise<Omit<Fetched, 'tookMs'>> {
    return new Promise((resolve, reject) => {
      getPlain(url, { agent: this.#agent, headers: { ...this.#headers, ...headers } }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks),
            protocol: 'http/1.1',
          }),
        );
      }).on('error', reject);
    });
  }

  /** @throws where the server does not speak HTTP/2 */
  #secure(url: string, headers: Record<string, string>): Promise<Omit<Fetched, 'tookMs'>> {
    this.#session ??= connect(this.#origin, this.#ca === undefined ? {} : { ca: this.#ca });
    const session = this.#session;
    const { pathname, search } = new URL(url);
    return new Promise((resolve, reject) => {
      session.once('error', reject);
      const stream = session.request({ ...this.#headers, ...headers, ':path': pathname + search });
      const chunks: Buffer[] = [];
      let got: IncomingHttpHeaders & { ':status'?: number } = {};
      stream.on('response', (answer) => {
        got = answer;
      });
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('error', reject);
      stream.on('end', () => {
        session.off('error', reject);
        const protocol = session.alpnProtocol ?? '';
        resolve({ status: Number(got[':status']), headers: got, body: Buffer.concat(chunks), protocol });
      });
    });
  }
}
