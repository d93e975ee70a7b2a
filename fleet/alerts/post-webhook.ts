/** Sends one message to a webhook: signed after standardwebhooks, over HTTPS, within ten seconds, and without a redirect. */
import { request } from 'node:https';
import type { LookupFunction } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { MaruError } from '#contract/error-codes.ts';
import type { FailedDelivery } from './outbox.ts';
import type { TargetGate } from './target-gate.ts';

const ANSWER_WITHIN_MS = 10_000;

export type WebhookCall = {
  url: string;
  /** the same over all tries */
  webhookId: string;
  body: string;
  /** whsec_…; each signs */
  secrets: readonly string[];
  gate: Pick<TargetGate, 'addressesOf'>;
  /** we end */
  signal: AbortSignal;
  answerWithinMs?: number;
};

/** @returns null: it answered with a status of 200 to 299. @throws where `signal` ended it */
export async function postWebhook(call: WebhookCall): Promise<FailedDelivery | null> {
  const { signal, answerWithinMs = ANSWER_WITHIN_MS } = call;
  const limit = AbortSignal.timeout(answerWithinMs);
  const ended = AbortSignal.any([signal, limit]);
  try {
    const status = await Promise.race([send(call, ended), rejectedBy(ended)]);
    if (status >= 200 && status < 300) return null;
    return { reason: status >= 300 && status < 400 ? 'redirected' : 'answered', detail: String(status) };
  } catch (error) {
    signal.throwIfAborted();
    return limit.aborted ? { reason: 'timed-out', detail: '' } : failureOf(error);
  }
}

/** @returns the status */
async function send({ url, webhookId, body, secrets, gate }: WebhookCall, signal: AbortSignal): Promise<number> {
  const { hostname } = new URL(url);
  const addresses = await gate.addressesOf(hostname);
  // the name leads to what was judged, whatever it resolves to by now
  const lookup: LookupFunction = (_hostname, { all }, found) => {
    if (all) found(null, addresses);
    else found(null, addresses[0]!.address, addresses[0]!.family);
  };
  const sentAt = new Date();
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'user-agent': 'Maru',
    'webhook-id': webhookId,
    'webhook-timestamp': String(Math.floor(sentAt.getTime() / 1_000)),
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(webhookId, sentAt, body)).join(' '),
  };
  return new Promise((resolve, reject) => {
    const call = request(url, { method: 'POST', agent: false, lookup, headers, signal }, (response) => {
      resolve(response.statusCode!);
      // what else it answers is not read
      response.on('error', () => {});
      response.destroy();
    });
    call.on('error', reject);
    call.end(body);
  });
}

/** Once it is aborted, by its reason. */
export const rejectedBy = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const end = (): void => reject(signal.reason as Error);
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });

const NAME_CODES: readonly string[] = ['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'EAI_NODATA', 'EAI_NONAME'];
const TRUST_CODES = /CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)/;

function failureOf(error: unknown): FailedDelivery {
  if (error instanceof MaruError)
    return { reason: error.code === 'target-not-allowed' ? error.code : 'internal', detail: '' };
  const { code = '' } = error as NodeJS.ErrnoException;
  if (NAME_CODES.includes(code)) return { reason: 'name-unknown', detail: code };
  if (TRUST_CODES.test(code)) return { reason: 'not-trusted', detail: code };
  return { reason: 'not-reached', detail: code };
}
