/**
 * The device API on its own TLS listener: client certificates are asked for here and nowhere where browsers come, and
 * needed only to renew one, to ask whether one is still good, for the files of actions and for updates. A bare box fetches the kiosks'
 * release from it.
 */
import type { X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import type { SecureContextOptions, TLSSocket } from 'node:tls';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { ProtocolError, UserError } from '#contract/error-codes.ts';
import { enrolmentRoutes } from '#contract/enrolment.ts';
import { releaseRoutes } from '#contract/release.ts';
import { updateFeedRoutes } from '#contract/update-feed.ts';
import { MAX_HTTP_BODY_BYTES } from '#contract/limits.ts';
import type { WaitingKiosk } from '#contract/waiting-kiosk.ts';
import { clientIdOf } from '#contract/topics.ts';
import { Id, parse } from '#contract/schema.ts';
import { type ClientIdentity, type ConnectionIdentity, readConnectionIdentity } from '../broker/index.ts';
import { httpApp } from '#edge/http-app.ts';
import { noProxies } from '#edge/who-is-calling.ts';
import type { CertificateRegister, Enrolment, WaitingKiosks } from '../devices/index.ts';
import type { KioskRelease, ServedFeed } from '../updates/index.ts';
import { limitBodyTime } from './body-deadline.ts';
import { rangeOf } from './download.ts';

export type DeviceAppDependencies = {
  tls: SecureContextOptions;
  enrolment: Enrolment;
  waiting: WaitingKiosks;
  /** whose a kiosk was, by the certificate that the connection came with; null: nobody's */
  formerRoomOf: (certificate: X509Certificate) => Promise<WaitingKiosk['formerRoom']>;
  /** of its idle TV; null: the room shows no such picture */
  pictureOf: (roomId: string, signageKey: string) => Promise<Readable | null>;
  caPem: () => string;
  register: CertificateRegister;
  /** null: this server has none */
  kioskRelease: KioskRelease | null;
  /** releases for kiosks that are enrolled */
  servedFeed: ServedFeed;
  mqttUrl: () => string;
  /** a file of an action, from the kiosk of this room */
  receiveActionFile: (
    roomId: string,
    actionId: string,
    file: { stream: Readable; contentType: string | undefined; sizeBytes: number | null },
  ) => Promise<void>;
  logger: Logger;
};

/** of the whole request: a bundle of logs over a slow line */
const REQUEST_TIMEOUT_MS = 60_000;
/** A box that stopped reading gives its place to another. */
const STALLED_MS = 30_000;

export function buildDeviceApp(dependencies: DeviceAppDependencies): FastifyInstance {
  const {
    tls,
    enrolment,
    waiting,
    formerRoomOf,
    pictureOf,
    caPem,
    register,
    kioskRelease,
    servedFeed,
    mqttUrl,
    logger,
  } = dependencies;
  const { receiveActionFile } = dependencies;
  const identities = new WeakMap<Socket, ConnectionIdentity>();
  const app = httpApp({
    tls: { ...tls, requestCert: true, rejectUnauthorized: false },
    maxBodyBytes: MAX_HTTP_BODY_BYTES,
    requestTimeoutMs: REQUEST_TIMEOUT_MS,
    logger,
  });
  app.addHook('onRequest', async (request) => limitBodyTime(request));
  app.server.on('secureConnection', (socket: TLSSocket) => {
    const identity = readConnectionIdentity(socket);
    if (identity) identities.set(socket, identity);
  });
  /** @throws UserError forbidden without a certificate, enrolment-ended with one that is not good any more */
  const cameBy = (request: FastifyRequest): { who: ClientIdentity; identity: string; serial: string } => {
    const connection = identities.get(request.raw.socket);
    if (!connection?.serial) throw new UserError('forbidden', "the box's certificate is needed");
    const { who, serial } = connection;
    const identity = who && clientIdOf(who.party, who.id);
    if (!who || !identity || !register.isAccepted(identity, serial))
      throw new UserError('enrolment-ended', 'the certificate is revoked, replaced, expired or not ours');
    return { who, identity, serial };
  };
  const { enrol, renew, current, authority, wait, waiting: waitingRoute, actionFile, signagePicture } = enrolmentRoutes;
  app.post(enrol.path, async (request) => {
    const enrolled = await enrolment.enrol(parse(enrol.body, request.body), noProxies.networkOf(request.raw));
    return parse(enrol.response, { ...enrolled, mqttUrl: mqttUrl() });
  });
  app.get(authority.path, async () => parse(authority.response, { caPem: caPem() }));
  app.post(wait.path, async (request) => {
    const certificate = (request.raw.socket as TLSSocket).getPeerX509Certificate();
    const formerRoom = certificate ? await formerRoomOf(certificate) : null;
    const body = parse(wait.body, request.body);
    return waiting.wait(body, { network: noProxies.networkOf(request.raw), formerRoom });
  });
  app.post(waitingRoute.path, async (request) => {
    const answer = waiting.answer(parse(waitingRoute.body, request.body).secret);
    return answer.state === 'claimed' ? { ...answer, enrolled: { ...answer.enrolled, mqttUrl: mqttUrl() } } : answer;
  });
  app.post(renew.path, async (request) => {
    const { identity, serial } = cameBy(request);
    return parse(renew.response, await enrolment.renew({ identity, serial }, parse(renew.body, request.body).csrPem));
  });
  app.get(current.path, async (request) => {
    cameBy(request);
    return {};
  });
  app.get<{ Params: { '*': string } }>(releaseRoutes.file.path, async (request, reply) => {
    if (kioskRelease === null) throw new ProtocolError('not-found', 'this server has no release for kiosks');
    const { stream, sizeBytes } = await kioskRelease.open(request.params['*'], noProxies.networkOf(request.raw));
    reply.raw.once('close', () => stream.destroy());
    reply.raw.setTimeout(STALLED_MS, () => request.raw.socket.destroy());
    return reply.type('application/octet-stream').header('content-length', sizeBytes).send(stream);
  });
  app.get<{ Params: { '*': string } }>(updateFeedRoutes.file.path, async (request, reply) => {
    const { who } = cameBy(request);
    if (who.party !== 'room') throw new UserError('forbidden', "a room's certificate is needed");
    const file = await servedFeed.open(request.params['*'], who.id);
    const range = rangeOf(request.headers, file);
    reply.type('application/octet-stream').header('accept-ranges', 'bytes').header('etag', file.etag);
    if (range === 'unsatisfiable' || (range === null && file.sizeBytes === 0)) {
      await file.close();
      if (range === null) return reply.header('content-length', 0).send('');
      return reply.code(416).header('content-range', `bytes */${file.sizeBytes}`).send();
    }
    if (range === null) {
      const encoded = await servedFeed.encoded(file, request.headers);
      if (encoded !== null) {
        await file.close();
        reply.raw.setTimeout(STALLED_MS, () => request.raw.socket.destroy());
        reply.header('content-encoding', encoded.encoding).header('vary', 'accept-encoding, available-dictionary');
        return reply.header('content-length', encoded.body.length).send(encoded.body);
      }
    }
    const { start, end } = range ?? { start: 0, end: file.sizeBytes - 1 };
    if (range) reply.code(206).header('content-range', `bytes ${start}-${end}/${file.sizeBytes}`);
    const stream = file.open({ start, end });
    reply.raw.once('close', () => stream.destroy());
    reply.raw.setTimeout(STALLED_MS, () => request.raw.socket.destroy());
    return reply.header('content-length', end - start + 1).send(stream);
  });
  // in a scope of its own, whose bodies nobody reads before the handler
  void app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
    scope.put(actionFile.path, {
      config: { isUpload: true },
      onRequest: async (request) => void cameBy(request),
      onSend: async (request, reply) => {
        // the rest would be read for as long as it comes, though nobody wants it
        if (!request.raw.complete) reply.header('connection', 'close');
      },
      handler: async (request) => {
        const { who } = cameBy(request);
        if (who.party !== 'room') throw new UserError('forbidden', "a room's certificate is needed");
        const { 'content-type': type, 'content-length': announced } = request.headers;
        await receiveActionFile(who.id, parse(Id, (request.params as { actionId: string }).actionId), {
          stream: request.body as Readable,
          contentType: type?.split(';')[0]?.trim().toLowerCase(),
          sizeBytes: announced === undefined ? null : Number(announced),
        });
        return {};
      },
    });
  });
  app.get(signagePicture.path, async (request, reply) => {
    const { who } = cameBy(request);
    const { signageKey } = parse(signagePicture.params, request.params);
    const picture = who.party === 'room' ? await pictureOf(who.id, signageKey) : null;
    if (!picture) throw new ProtocolError('not-found', 'the room shows no such picture');
    return reply.type('image/webp').send(picture);
  });
  return app;
}
