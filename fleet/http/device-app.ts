/**
 * The device API on its own TLS listener: client certificates are asked for here and nowhere where browsers come, and
 * needed only to renew one, and to ask whether one is still good.
 */
import type { Socket } from 'node:net';
import type { SecureContextOptions, TLSSocket } from 'node:tls';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { UserError } from '#contract/error-codes.ts';
import { enrolmentRoutes } from '#contract/enrolment.ts';
import { MAX_HTTP_BODY_BYTES } from '#contract/limits.ts';
import { clientIdOf } from '#contract/topics.ts';
import { parse } from '#contract/schema.ts';
import { type ConnectionIdentity, readConnectionIdentity } from '../broker/index.ts';
import { httpApp } from '#edge/http-app.ts';
import { noProxies } from '#edge/who-is-calling.ts';
import type { CertificateRegister, Enrolment } from '../devices/index.ts';

export type DeviceAppDependencies = {
  tls: SecureContextOptions;
  enrolment: Enrolment;
  register: CertificateRegister;
  mqttUrl: () => string;
  logger: Logger;
};

const REQUEST_TIMEOUT_MS = 10_000;

export function buildDeviceApp({ tls, enrolment, register, mqttUrl, logger }: DeviceAppDependencies): FastifyInstance {
  const identities = new WeakMap<Socket, ConnectionIdentity>();
  const app = httpApp({
    tls: { ...tls, requestCert: true, rejectUnauthorized: false },
    maxBodyBytes: MAX_HTTP_BODY_BYTES,
    requestTimeoutMs: REQUEST_TIMEOUT_MS,
    logger,
  });
  app.server.on('secureConnection', (socket: TLSSocket) => {
    const identity = readConnectionIdentity(socket);
    if (identity) identities.set(socket, identity);
  });
  /** @throws UserError forbidden without a certificate, enrolment-ended with one that is not good any more */
  const cameBy = (request: FastifyRequest): { identity: string; serial: string } => {
    const connection = identities.get(request.raw.socket);
    if (!connection?.serial) throw new UserError('forbidden', "the box's certificate is needed");
    const { who, serial } = connection;
    const identity = who && clientIdOf(who.party, who.id);
    if (!identity || !register.isAccepted(identity, serial))
      throw new UserError('enrolment-ended', 'the certificate is revoked, replaced, expired or not ours');
    return { identity, serial };
  };
  const { enrol, renew, current } = enrolmentRoutes;
  app.post(enrol.path, async (request) => {
    const enrolled = await enrolment.enrol(parse(enrol.body, request.body), noProxies.networkOf(request.raw));
    return parse(enrol.response, { ...enrolled, mqttUrl: mqttUrl() });
  });
  app.post(renew.path, async (request) => {
    const former = cameBy(request);
    return parse(renew.response, await enrolment.renew(former, parse(renew.body, request.body).csrPem));
  });
  app.get(current.path, async (request) => {
    cameBy(request);
    return {};
  });
  return app;
}
