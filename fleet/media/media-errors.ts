/** The one translation of mediasoup's errors: bad parameters are the client's fault, a closed worker is ours. */
import { InvalidStateError, MaruError, OperationalError, ProtocolError } from '#contract/error-codes.ts';

export function fromMediasoup(thrown: unknown): MaruError {
  if (thrown instanceof MaruError) return thrown;
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  switch (error.name) {
    case 'TypeError':
    case 'UnsupportedError':
      return new ProtocolError('bad-message', error.message, { cause: error });
    case 'WorkerClosedError':
      return new OperationalError('media-failed', error.message, { cause: error });
    default:
      // the worker's own refusals ("connect() already called"), and objects that closed during the request
      return new InvalidStateError('not-possible-now', error.message, { cause: error });
  }
}
