/** A picture from the device API, by the room's certificate. */
import { request } from 'node:https';
import { enrolmentRoutes } from '#contract/enrolment.ts';
import { OperationalError, ProtocolError } from '#contract/error-codes.ts';
import { pathOf } from '#contract/http/route.ts';
import type { RoomIdentity } from '../room-identity.ts';

type Holder = Pick<RoomIdentity, 'deviceApiUrl' | 'keyPem' | 'certificatePem' | 'caPem'>;

const SILENT_MS = 15_000;
/** what the fleet draws is below a megabyte or two */
const MAX_PICTURE_BYTES = 8 * 1024 * 1024;

/** @throws ProtocolError not-found: the room is not to show it; OperationalError room-not-answering, too-large */
export function fetchPicture(
  { deviceApiUrl, keyPem: key, certificatePem: cert, caPem: ca }: Holder,
  signageKey: string,
): Promise<Buffer> {
  const { path, method } = enrolmentRoutes.signagePicture;
  const url = new URL(pathOf(path, { signageKey }), deviceApiUrl);
  return new Promise((resolve, reject) => {
    const failed = (cause: Error): void =>
      reject(
        cause instanceof OperationalError
          ? cause
          : new OperationalError('room-not-answering', cause.message, { cause }),
      );
    const sent = request(url, { method, key, cert, ca, agent: false, timeout: SILENT_MS }, (response) => {
      const parts: Buffer[] = [];
      let sizeBytes = 0;
      response.on('data', (part: Buffer) => {
        sizeBytes += part.length;
        if (sizeBytes > MAX_PICTURE_BYTES) sent.destroy(new OperationalError('too-large', 'the picture is too large'));
        else parts.push(part);
      });
      // it broke off: there is no `end` then
      response.once('error', failed);
      response.once('end', () => {
        if (response.statusCode === 200) resolve(Buffer.concat(parts));
        else if (response.statusCode === 404) reject(new ProtocolError('not-found', 'no such picture'));
        else failed(new Error(`the device API answered ${response.statusCode}`));
      });
    });
    sent.once('timeout', () => sent.destroy(new Error('the device API does not answer')));
    sent.once('error', failed);
    sent.end();
  });
}
