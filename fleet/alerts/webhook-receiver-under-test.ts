/** For tests: a real HTTPS receiver of webhooks, with a certificate that the test's process trusts, or one that it does not. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import tls from 'node:tls';
import { Webhook } from 'standardwebhooks';
import { AlertNotification } from '#contract/http/alerts-api.ts';

export type ReceivedWebhook = { id: string; headers: IncomingHttpHeaders; body: string; atMs: number; path: string };
/** What it does with a request that it has read; nothing: it hangs. */
export type WebhookAnswer = (response: ServerResponse, received: ReceivedWebhook) => void;

export const WEBHOOK_HOST = 'itsm.corp.example';
export const accept: WebhookAnswer = (response) => void response.writeHead(204).end();

export class WebhookReceiverUnderTest {
  readonly received: ReceivedWebhook[] = [];
  answer: WebhookAnswer = accept;
  readonly #folder = mkdtempSync(join(tmpdir(), 'maru-webhook-'));
  readonly #sockets = new Set<Duplex>();
  #server: Server | null = null;
  #trusted: string[] | null = null;

  /** @param address where it listens, and which its certificate names too */
  async start({ isTrusted = true, address = '127.0.0.1' } = {}): Promise<void> {
    const [key, cert] = [join(this.#folder, 'key.pem'), this.certPath];
    execFileSync(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'],
        ...['-subj', `/CN=${WEBHOOK_HOST}`, '-addext', `subjectAltName=DNS:${WEBHOOK_HOST},IP:${address}`],
        ...['-keyout', key, '-out', cert],
      ],
      { stdio: 'ignore' },
    );
    if (isTrusted) {
      this.#trusted = tls.getCACertificates('default');
      tls.setDefaultCACertificates([...this.#trusted, readFileSync(cert, 'utf8')]);
    }
    const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (request, response) => {
      void text(request).then((body) => {
        const id = String(request.headers['webhook-id']);
        const received = { id, headers: request.headers, body, atMs: Date.now(), path: request.url! };
        this.received.push(received);
        this.answer(response, received);
      });
    });
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => {});
    });
    server.listen(0, address);
    await once(server, 'listening');
    this.#server = server;
  }

  get certPath(): string {
    return join(this.#folder, 'cert.pem');
  }
  get port(): number {
    return (this.#server!.address() as AddressInfo).port;
  }
  url(path = '/hooks'): string {
    return `https://${WEBHOOK_HOST}:${this.port}${path}`;
  }
  get connectionCount(): number {
    return this.#sockets.size;
  }

  async stop(): Promise<void> {
    if (this.#trusted) tls.setDefaultCACertificates(this.#trusted);
    for (const socket of this.#sockets) socket.destroy();
    this.#server?.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** As a receiver would: by the library's own check. @throws WebhookVerificationError */
export function verified({ headers, body }: ReceivedWebhook, secret: string): AlertNotification {
  return AlertNotification.parse(new Webhook(secret).verify(body, headers as Record<string, string>));
}
