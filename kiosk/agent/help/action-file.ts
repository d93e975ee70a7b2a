/** Brings a file of an action to the fleet, over the device API by the room's own certificate. */
import { request } from 'node:https';
import { enrolmentRoutes } from '#contract/enrolment.ts';
import { fromWire, MaruError, OperationalError, WireError } from '#contract/error-codes.ts';
import { pathOf } from '#contract/http/route.ts';
import { z } from '#contract/schema.ts';
import type { RoomIdentity } from '../room-identity.ts';

const SENT_WITHIN_MS = 45_000;
const MAX_ANSWER_LETTERS = 10_000;

/** @throws MaruError the fleet's refusal; OperationalError room-not-answering: it does not answer */
export function sendActionFile(
  { deviceApiUrl, caPem, keyPem, certificatePem }: RoomIdentity,
  file: { actionId: string; contentType: string; content: Buffer },
  signal: AbortSignal,
): Promise<void> {
  const { path, method } = enrolmentRoutes.actionFile;
  const { actionId, contentType, content } = file;
  return new Promise((resolve, reject) => {
    const sent = request(
      new URL(pathOf(path, { actionId }), deviceApiUrl),
      {
        method,
        ca: caPem,
        key: keyPem,
        cert: certificatePem,
        agent: false,
        headers: { 'content-type': contentType, 'content-length': content.length },
        signal: AbortSignal.any([signal, AbortSignal.timeout(SENT_WITHIN_MS)]),
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (part: string) => {
          if (text.length < MAX_ANSWER_LETTERS) text += part;
        });
        response.once('error', (cause) => reject(notReached(cause)));
        response.on('end', () => {
          if (response.statusCode === 200) resolve();
          else reject(refusalIn(text, response.statusCode));
        });
      },
    );
    sent.once('error', (cause) => reject(notReached(cause)));
    sent.end(content);
  });
}

const notReached = (cause: Error): MaruError =>
  cause instanceof MaruError
    ? cause
    : new OperationalError('room-not-answering', `the device API: ${cause.message}`, { cause });

function refusalIn(text: string, status: number | undefined): MaruError {
  try {
    return fromWire(z.object({ error: WireError }).parse(JSON.parse(text)).error);
  } catch (cause) {
    return new OperationalError('internal', `the device API answered ${status}`, { cause });
  }
}
