/** The one place where anything thrown becomes an HTTP answer: `{ error }` with the code's status, and a line in the log. */
import type { FastifyError, FastifyInstance } from 'fastify';
import {
  type ErrorCode,
  InvalidStateError,
  type MaruError,
  ProtocolError,
  toMaruError,
  UserError,
} from '#contract/error-codes.ts';

export function installErrorHandler(app: FastifyInstance): void {
  app.setErrorHandler((thrown: FastifyError, request, reply) => {
    const error = translate(thrown);
    const line = { method: request.method, path: request.url.split('?')[0], code: error.code, reason: error.message };
    if (error.code === 'internal' || error.code === 'storage-failed')
      request.log.error({ ...line, err: thrown }, 'request failed');
    else request.log.warn(line, 'request refused');
    // a body that we did not read must not be read as the next request
    if (error.code === 'too-large') reply.header('connection', 'close');
    return reply.code(error.httpStatus).send({ error: error.toWire() });
  });
  app.setNotFoundHandler(() => {
    throw new ProtocolError('not-found', 'no such path');
  });
}

function translate(thrown: FastifyError): MaruError {
  const code = ofFastify(thrown);
  if (!code) return toMaruError(thrown);
  if (code === 'internal') return new InvalidStateError(code, 'internal error', { cause: thrown });
  return code === 'too-many-attempts'
    ? new UserError(code)
    : new ProtocolError(code, thrown.message, { cause: thrown });
}

function ofFastify({ code, statusCode }: FastifyError): ErrorCode | null {
  // the connection was reset while its body was read
  if (code === 'ECONNRESET') return 'bad-message';
  if (typeof code !== 'string' || !code.startsWith('FST_')) return null;
  if (statusCode === 413) return 'too-large';
  if (statusCode === 404) return 'not-found';
  return statusCode !== undefined && statusCode < 500 ? 'bad-message' : 'internal';
}
