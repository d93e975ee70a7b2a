/**
 * A media node's signalling as the agent reaches it, trusting the fleet's CA beside the public ones: what the log says of a
 * page that does not reach it, because a page is never told why.
 */
import { rootCertificates } from 'node:tls';
import { WebSocket } from 'ws';

const WITHIN_MS = 5_000;
/** As OpenSSL and Node name them: expired, for another name, signed by another. */
const CERTIFICATE_ERROR = /CERT|SIGNATURE|SELF_SIGNED|HOSTNAME_MISMATCH|INVALID_CA|PATH_LENGTH|INVALID_PURPOSE/;

export type SignalingDiagnosis = {
  signalingUrl: string;
  /** `untrusted`: something answers, and its certificate is not good */
  outcome: 'reached' | 'unreachable' | 'untrusted';
  /** the system's own word for it */
  detail: string | null;
};

export function diagnoseSignaling(signalingUrl: string, caPem: string): Promise<SignalingDiagnosis> {
  return new Promise((resolve) => {
    const socket = new WebSocket(signalingUrl, { ca: [...rootCertificates, caPem] });
    // ws's own timeout begins again with TLS
    const late = setTimeout(() => found('unreachable', 'no answer'), WITHIN_MS);
    const found = (outcome: SignalingDiagnosis['outcome'], detail: string | null): void => {
      clearTimeout(late);
      resolve({ signalingUrl, outcome, detail });
      socket.terminate();
    };
    socket.once('open', () => found('reached', null));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      const isOfCertificate = CERTIFICATE_ERROR.test(error.code ?? '');
      found(isOfCertificate ? 'untrusted' : 'unreachable', error.code ?? error.message);
    });
  });
}
