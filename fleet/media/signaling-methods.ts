/** What each request after `hello` does: method by method onto the call. A method that the contract gains breaks the build. */
import { InvalidStateError, ProtocolError, UserError } from '#contract/error-codes.ts';
import type { Right } from '#contract/grants.ts';
import { type RequestOf, type ResponseOf, type SignalingMethod, signalingMethods } from '#contract/signaling.ts';
import { parse } from '#contract/schema.ts';
import type { Call } from './call.ts';
import { fromMediasoup } from './media-errors.ts';
import type { Peer } from './peer.ts';
import type { PeerMedia } from './peer-media.ts';

export type SignalingPeer = { call: Call; peer: Peer };
type AfterHello = Exclude<SignalingMethod, 'hello'>;
type Handlers = {
  [M in AfterHello]: (seat: SignalingPeer, data: RequestOf<M>) => Promise<ResponseOf<M>> | ResponseOf<M>;
};

const DONE = {};

/** Checked before the method does anything; the others touch nothing but the asker's own. */
const neededRight: Partial<Record<AfterHello, Right>> = {
  'mute-participant': 'mute',
  'mute-all': 'mute',
  'remove-participant': 'remove',
  'end-call': 'end',
};

const handlers: Handlers = {
  'prepare-call': ({ call, peer }, data) => call.prepareConsumers(peer, data),
  'join-call': ({ call, peer }, data) => call.join(peer, data),
  'connect-transport': async ({ peer }, data) => {
    await mediaOf(peer).connect(data);
    return DONE;
  },
  produce: async ({ call, peer }, data) => {
    await call.producers.produce(joined(peer), data);
    return DONE;
  },
  'close-producer': ({ call, peer }, { producerId }) => {
    call.producers.close(joined(peer), producerId);
    return DONE;
  },
  'pause-producer': async ({ call, peer }, { producerId }) => {
    await call.producers.setPaused(joined(peer), producerId, true);
    return DONE;
  },
  'resume-producer': async ({ call, peer }, { producerId }) => {
    await call.producers.setPaused(joined(peer), producerId, false);
    return DONE;
  },
  'set-sent-layers': ({ call, peer }, { producerId, layers }) => {
    call.producers.setSentLayers(joined(peer), producerId, layers);
    return DONE;
  },
  'set-media-state': ({ call, peer }, data) => {
    call.producers.declare(joined(peer), data);
    return DONE;
  },
  show: ({ call, peer }, { view }) => {
    call.show(joined(peer), view);
    return DONE;
  },
  'request-key-frame': async ({ peer }, { consumerId }) => {
    await joined(peer).forwarding?.requestKeyFrame(consumerId);
    return DONE;
  },
  'restart-ice': async ({ peer }, { transportId }) => ({ iceParameters: await mediaOf(peer).restartIce(transportId) }),
  'mute-participant': ({ call, peer }, { peerId }) => {
    call.mute(peer, peerId);
    return DONE;
  },
  'mute-all': ({ call, peer }) => {
    call.mute(peer, null);
    return DONE;
  },
  'remove-participant': ({ call, peer }, { peerId }) => {
    call.removeBy(peer, call.inRoster(peerId));
    return DONE;
  },
  'end-call': ({ call, peer }) => {
    call.end(peer.claims.peerKind === 'room' ? 'ended-by-room' : 'ended-by-participant');
    return DONE;
  },
  'leave-call': ({ call, peer }) => {
    call.leave(peer);
    return DONE;
  },
  ping: () => DONE,
};

/** @throws MaruError; errors of mediasoup are translated */
export async function perform(seat: SignalingPeer, method: string, data: unknown): Promise<unknown> {
  if (!isAfterHello(method))
    throw new ProtocolError('unknown-command', method === 'hello' ? 'hello was said already' : 'no such method');
  if (seat.peer.stage === 'closed') throw new InvalidStateError('peer-unknown', 'not in the call any more');
  return performAs(seat, method, data);
}

async function performAs<M extends AfterHello>(seat: SignalingPeer, method: M, data: unknown): Promise<ResponseOf<M>> {
  const request = parse(signalingMethods[method].request, data) as RequestOf<M>;
  const right = neededRight[method];
  if (right && !joined(seat.peer).may(right)) throw new UserError('forbidden', `no right to ${right}`);
  try {
    return await (handlers[method] as Handlers[M])(seat, request);
  } catch (error) {
    throw fromMediasoup(error);
  }
}

const isAfterHello = (method: string): method is AfterHello => Object.hasOwn(handlers, method);

/** Nothing is produced before `join`, and nobody else is touched. */
function joined(peer: Peer): Peer {
  if (peer.stage !== 'joined') throw new InvalidStateError('not-possible-now', 'join first');
  return peer;
}

function mediaOf({ media }: Peer): PeerMedia {
  if (!media) throw new InvalidStateError('not-possible-now', 'no media at this moment');
  return media;
}
