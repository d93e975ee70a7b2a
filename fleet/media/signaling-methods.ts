/** What each request after `hello` needs and does, method by method. A method that the contract gains breaks the build. */
import { InvalidStateError, ProtocolError, UserError } from '#contract/error-codes.ts';
import type { CallPermissions } from '#contract/grants.ts';
import type { Right } from '#contract/call-order.ts';
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

type Permits = { [M in AfterHello]: (granted: CallPermissions, data: RequestOf<M>) => boolean };
/** It touches nothing but the asker's own. */
const always = (): boolean => true;
const byRight =
  (right: Right) =>
  ({ rights }: CallPermissions): boolean =>
    rights.includes(right);

/** Whether the grant permits the method; asked before the method does anything, and at every stage of the peer. */
const permits: Permits = {
  'prepare-call': always,
  'join-call': always,
  'connect-transport': always,
  produce: ({ publishes }, { source }) => publishes.includes(source),
  'close-producer': always,
  'pause-producer': always,
  'resume-producer': always,
  'set-sent-layers': always,
  'set-media-state': always,
  // what is forwarded is limited by the plan
  show: always,
  'request-key-frame': always,
  'restart-ice': always,
  'mute-participant': byRight('mute'),
  'mute-all': byRight('mute'),
  'set-order': byRight('order'),
  'set-role': byRight('roles'),
  'let-speak': byRight('mute'),
  'raise-hand': always,
  'lower-hand': byRight('mute'),
  'send-chat': always,
  // somebody else's by a right: the chat knows whose it is
  'recall-chat': always,
  'read-chat': always,
  'mark-chat-read': always,
  // names for who wrote it alone
  'list-chat-readers': always,
  'start-poll': byRight('order'),
  'answer-poll': always,
  'end-poll': byRight('order'),
  'hide-poll': byRight('order'),
  'set-transcript': byRight('order'),
  'confirm-transcript': always,
  'remove-participant': byRight('remove'),
  'end-call': byRight('end'),
  'leave-call': always,
  present: ({ documents, rights }, { act }) =>
    documents.includes('present') || (act.act === 'stop' && rights.includes('remove')),
  ping: always,
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
    call.order.mute(joined(peer), call.inRoster(peerId));
    return DONE;
  },
  'mute-all': ({ call, peer }) => {
    call.order.mute(joined(peer), null);
    return DONE;
  },
  'set-order': ({ call, peer }, change) => {
    call.order.set(joined(peer), change);
    return DONE;
  },
  'set-role': ({ call, peer }, { peerId, role }) => {
    call.order.setRole(joined(peer), call.inRoster(peerId), role);
    return DONE;
  },
  'let-speak': ({ call, peer }, { peerId }) => {
    joined(peer);
    call.order.letSpeak(call.inRoster(peerId));
    return DONE;
  },
  'raise-hand': ({ call, peer }, { isUp }) => {
    call.order.raiseHand(joined(peer), isUp);
    return DONE;
  },
  'lower-hand': ({ call, peer }, { peerId }) => {
    joined(peer);
    call.order.lowerHand(call.inRoster(peerId));
    return DONE;
  },
  'send-chat': ({ call, peer }, message) => {
    call.chat.send(joined(peer), message);
    return DONE;
  },
  'recall-chat': ({ call, peer }, { messageId }) => {
    call.chat.recall(joined(peer), messageId);
    return DONE;
  },
  'read-chat': ({ call, peer }, { beforeNumber }) => {
    joined(peer);
    return { messages: call.chat.before(beforeNumber) };
  },
  'mark-chat-read': ({ call, peer }, { messageId }) => {
    call.chatReaders.mark(joined(peer), messageId);
    return DONE;
  },
  'list-chat-readers': ({ call, peer }, { messageId }) => ({
    names: call.chatReaders.namesFor(joined(peer), messageId),
  }),
  'start-poll': ({ call, peer }, request) => {
    call.polls.start(joined(peer), request);
    return DONE;
  },
  'answer-poll': ({ call, peer }, request) => {
    call.polls.answer(joined(peer), request);
    return DONE;
  },
  'end-poll': ({ call, peer }, { pollId }) => {
    joined(peer);
    call.polls.end(pollId);
    return DONE;
  },
  'hide-poll': ({ call, peer }, { pollId }) => {
    joined(peer);
    call.polls.hide(pollId);
    return DONE;
  },
  'set-transcript': ({ call, peer }, change) => {
    call.transcript.set(joined(peer), change);
    return DONE;
  },
  'confirm-transcript': ({ call, peer }) => {
    call.transcript.confirm(joined(peer));
    return DONE;
  },
  'remove-participant': ({ call, peer }, { peerId }) => {
    call.removeBy(joined(peer), call.inRoster(peerId));
    return DONE;
  },
  'end-call': ({ call, peer }) => {
    call.end(joined(peer).claims.peerKind === 'room' ? 'ended-by-room' : 'ended-by-participant');
    return DONE;
  },
  'leave-call': ({ call, peer }) => {
    call.leave(peer);
    return DONE;
  },
  present: ({ call, peer }, { act }) => {
    call.document.present(joined(peer), act);
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
  if (!(permits[method] as Permits[M])(seat.peer.permissions, request))
    throw new UserError('forbidden', `the grant does not permit ${method}`);
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
