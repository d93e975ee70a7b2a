/**
 * Why the page does not reach a media node: the agent tries the same address by itself, trusting the fleet's CA beside the
 * public ones. Where the agent gets through, it is the browser that refuses.
 */
import { rootCertificates } from 'node:tls';
import { WebSocket } from 'ws';

const WITHIN_MS = 5_000;

export type SignalingDiagnosis = {
  signalingUrl: string;
  fault: 'signaling-unreachable' | 'signaling-untrusted';
  /** for the log */
  detail: string;
};

export function diagnoseSignaling(signalingUrl: string, caPem: string): Promise<SignalingDiagnosis> {
  const isSecure = new URL(signalingUrl).protocol === 'wss:';
  return new Promise((resolve) => {
    const socket = new WebSocket(signalingUrl, { handshakeTimeout: WITHIN_MS, ca: [...rootCertificates, caPem] });
    const found = (fault: SignalingDiagnosis['fault'], detail: string): void => {
      resolve({ signalingUrl, fault, detail });
      socket.terminate();
    };
    socket.once('open', () => {
      if (isSecure) found('signaling-untrusted', 'the agent gets through, the browser does not trust the CA');
      else found('signaling-unreachable', 'the agent gets through, the browser does not');
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      const isOfCertificate = isSecure && CERTIFICATE_ERROR.test(error.code ?? '');
      found(isOfCertificate ? 'signaling-untrusted' : 'signaling-unreachable', error.code ?? error.message);
    });
  });
}

/** As OpenSSL and Node name them: expired, another name, signed by another. */
const CERTIFICATE_ERROR = /CERT|SIGNATURE|SELF_SIGNED|HOSTNAME_MISMATCH|INVALID_CA|PATH_LENGTH|INVALID_PURPOSE/;
