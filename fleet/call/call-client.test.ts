/** Joining and coming back, over a node in memory and a clock that is moved by hand. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CallPermissions } from '#contract/grants.ts';
import { OperationalError, UserError } from '#contract/error-codes.ts';
import type { Participant } from '#contract/room-state.ts';
import { type Presenter, type SharedDocument, WHOLE_PAGE } from '#contract/shared-document.ts';
import type { View } from '#contract/signaling.ts';
import { v7 as uuidv7 } from 'uuid';
import { CallClient, type CallClientDependencies } from './call-client.ts';
import { createFakeStream, FakeMedia, type FakeTrack, fakeTrack } from './testing/fake-media.ts';
import { FakeNode } from './testing/fake-node.ts';

const view = { kind: 'auto', maxTiles: 9, tileHeightPx: 360 } as const;
let node: FakeNode;
let media: FakeMedia[];
let call: CallClient;
let microphone: MediaStreamTrack;
const requestGrant = vi.fn<CallClientDependencies['requestGrant']>();

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance', 'Date'] });
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  node = new FakeNode();
  media = [];
  requestGrant.mockReset().mockImplementation(async () => node.grant());
  call = new CallClient({
    requestGrant,
    onMuted: () => setMuted(true),
    openSocket: node.open,
    createStream: createFakeStream,
    createMedia: (options) => {
      const made = new FakeMedia(options);
      media.push(made);
      return made;
    },
  });
});
afterEach(async () => {
  call.close();
  await vi.advanceTimersByTimeAsync(15);
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
function options() {
  microphone = fakeTrack('audio');
  return { displayName: 'Me', microphone, camera: fakeTrack('video'), view };
}
/** As the owner of the track does it. */
function setMuted(muted: boolean): void {
  microphone.enabled = !muted;
  call.setMicrophone(microphone);
}
async function joined(): Promise<void> {
  const joining = call.join(options(), node.grant());
  await pass(200);
  await joining;
  expect(phase()).toMatchObject({ name: 'joined', connection: 'connected' });
}
function withCamera(name: string): Participant {
  const peer = node.addPeer(name);
  node.consumerOf(peer);
  return peer;
}
const phase = () => call.getSnapshot().phase;
const count = (method: string) => node.methods().filter((asked) => asked === method).length;

describe('what the grant does not permit is not offered', () => {
  it('a viewer sends nothing, whatever tracks there are, and is without devices', async () => {
    node.permissions = { publishes: [], receives: ['camera'], rights: [], documents: [] };
    void call.prepare(node.grant(), view);
    await pass(50);
    expect(media[0]!.connectedAhead).toBe(false);
    await joined();
    await pass(1_000);
    call.setScreen(fakeTrack('video'), fakeTrack('audio'));
    setMuted(true);
    await pass(1_000);
    expect(node.methods().filter((method) => method === 'produce' || method === 'set-media-state')).toEqual([]);
    expect(node.asked.find(({ method }) => method === 'join-call')?.data).toMatchObject({
      microphone: 'absent',
      camera: 'absent',
    });
    expect(call.getSnapshot()).toMatchObject({
      local: { microphone: 'absent', camera: 'absent', sharesScreen: false },
      permissions: node.permissions,
    });
  });

  it('only what may be published is: also after the worker died', async () => {
    node.permissions = { publishes: ['camera'], receives: ['camera'], rights: [], documents: [] };
    await joined();
    await pass(1_000);
    const sources = () => node.asked.filter(({ method }) => method === 'produce').map(({ data }) => data.source);
    expect(sources()).toEqual(['camera']);
    node.tell({ event: 'media-moved', data: node.setup() });
    await pass(1_000);
    expect(sources()).toEqual(['camera', 'camera']);
  });

  it('an act without its right is refused here, and not asked', async () => {
    node.permissions = { ...node.permissions, rights: ['mute'] };
    await joined();
    for (const act of [() => call.removeParticipant(node.peerId), () => call.endForAll()])
      await expect(act()).rejects.toMatchObject({ code: 'forbidden' });
    const muting = call.muteAll();
    await pass(50);
    await muting;
    expect(node.methods().filter((method) => /remove|end|mute/.test(method))).toEqual(['mute-all']);
    expect(phase().name).toBe('joined');
  });

  it('the next grant counts, and nothing of the former', async () => {
    node.permissions = { publishes: [], receives: [], rights: [], documents: [] };
    await joined();
    call.leave();
    expect(call.getSnapshot().permissions).toBeNull();
    node.permissions = { publishes: ['microphone', 'camera'], receives: ['camera'], rights: [], documents: [] };
    await joined();
    await pass(500);
    expect(count('produce')).toBe(2);
  });
});

describe('the document that the call shows', () => {
  const documentId = '0193a0b0-0000-7000-8000-00000000000d';
  const someone = { peerId: '0193a0b0-0000-7000-8000-0000000000aa', displayName: 'Mina' };
  const show = { act: 'show', documentId, title: 'Plan', pageCount: 9, page: 1 } as const;
  const turn = (page: number) => ({ act: 'turn-page', page }) as const;
  const shown = () => call.document.getSnapshot();

  it('is the snapshot’s at first, then follows the node, and is gone with the call', async () => {
    node.changeDocument({ change: 'act', by: someone, act: show });
    await joined();
    expect(shown()).toMatchObject({ documentId, page: 1, presenter: someone });
    node.changeDocument({ change: 'act', by: someone, act: turn(4) });
    await pass(20);
    expect(shown()).toMatchObject({ page: 4 });
    call.leave();
    expect(shown()).toBeNull();
  });

  it('is in the call’s state too, which pointer and pen leave as it is', async () => {
    await joined();
    node.changeDocument({ change: 'act', by: someone, act: show });
    await pass(20);
    const heading = call.getSnapshot().document;
    expect(heading).toEqual({
      documentId,
      title: 'Plan',
      pageCount: 9,
      page: 1,
      region: WHOLE_PAGE,
      presenter: someone,
    });
    const [state, drawn] = [vi.fn(), vi.fn()];
    call.subscribe(state);
    call.document.subscribe(drawn);
    node.changeDocument({ change: 'act', by: someone, act: { act: 'point', at: { x: 1, y: 2 } } });
    const stroke = { strokeId: documentId, page: 1, colour: 'red' as const, points: [1, 2] };
    node.changeDocument({ change: 'act', by: someone, act: { act: 'draw', stroke } });
    await pass(20);
    expect([state.mock.calls.length, drawn.mock.calls.length]).toEqual([0, 2]);
    expect(shown()).toMatchObject({ pointer: { x: 1, y: 2 }, strokes: [stroke] });
    node.changeDocument({ change: 'act', by: someone, act: turn(2) });
    await pass(20);
    expect(call.getSnapshot().document).toMatchObject({ page: 2 });
    expect(state).toHaveBeenCalledTimes(1);
  });

  it('names why it was withdrawn, and who presented, until the next is shown', async () => {
    node.changeDocument({ change: 'act', by: someone, act: show });
    await joined();
    expect(call.getSnapshot().withdrawn).toBeNull();
    node.changeDocument({ change: 'withdrawn', reason: 'outsider-in-call' });
    await pass(20);
    const withdrawn = { reason: 'outsider-in-call', presenterPeerId: someone.peerId };
    expect([call.getSnapshot(), shown()]).toMatchObject([{ document: null, withdrawn }, null]);
    node.changeDocument({ change: 'act', by: someone, act: show });
    await pass(20);
    expect(call.getSnapshot()).toMatchObject({ document: { page: 1 }, withdrawn: null });
  });

  it('comes and goes with what we may do, which the state names, with our access to its pages', async () => {
    node.documentAccess = {
      url: 'https://fleet.test',
      token: 'secret',
      expiresAtMs: 1,
      meetingId: documentId,
      documents: ['view'],
    };
    await joined();
    node.changeDocument({ change: 'act', by: someone, act: show });
    await pass(20);
    const document = node.document!;
    node.changeDocument({ change: 'withdrawn', reason: 'outsider-in-call' });
    node.tell({
      event: 'permissions-changed',
      data: { ...node.permissions, role: 'member', documents: [], document: null },
    });
    await pass(20);
    expect(call.getSnapshot()).toMatchObject({
      permissions: { documents: [] },
      document: null,
      documentAccess: null,
      withdrawn: { reason: 'outsider-in-call' },
    });
    await expect(call.present(show)).rejects.toMatchObject({ code: 'forbidden' });
    const documents = ['present', 'view'] as const;
    node.tell({
      event: 'permissions-changed',
      data: { ...node.permissions, role: 'member', documents: [...documents], document },
    });
    await pass(20);
    expect(call.getSnapshot()).toMatchObject({
      permissions: { documents },
      document: { page: 1 },
      documentAccess: { token: 'secret', documents },
      withdrawn: null,
    });
  });

  it('is the node’s again after a drop, and stays while the worker is replaced', async () => {
    await joined();
    node.changeDocument({ change: 'act', by: someone, act: show });
    await pass(20);
    node.current!.end(1006);
    expect(shown()).toMatchObject({ page: 1 });
    node.changeDocument({ change: 'act', by: someone, act: turn(7) });
    await pass(3_000);
    expect(phase()).toMatchObject({ connection: 'connected' });
    expect(shown()).toMatchObject({ page: 7 });
    node.tell({ event: 'media-moved', data: node.setup() });
    await pass(100);
    expect(shown()).toMatchObject({ page: 7 });
  });

  describe('when the meeting goes on in another call', () => {
    const stroke = (strokeId: string) => ({ strokeId, page: 3, colour: 'red' as const, points: [1, 2, 3, 4] });
    const presented = () => node.asked.filter(({ method }) => method === 'present').length;
    const shows = async (presenter: Presenter | null): Promise<void> => {
      const by = presenter ?? someone;
      for (const act of [
        show,
        turn(3),
        ...[documentId, node.peerId].map((id) => ({ act: 'draw' as const, stroke: stroke(id) })),
      ])
        node.changeDocument({ change: 'act', by, act });
      if (!presenter) node.changeDocument({ change: 'presenter-left' });
      await pass(20);
    };
    const moved = async (meanwhile: SharedDocument | null = null): Promise<void> => {
      node.document = meanwhile;
      node.callId = uuidv7();
      node.onResume = 'call-moved';
      node.current!.end(4438);
      await pass(3_000);
      expect(phase()).toMatchObject({ connection: 'connected', callId: node.callId });
    };

    it('who presented shows it there as it was, drawing and all', async () => {
      await joined();
      const me = { peerId: node.peerId, displayName: 'Me' };
      await shows(me);
      const before = shown();
      await moved();
      expect(shown()).toEqual(before);
      expect(before).toMatchObject({ page: 3, presenter: me, strokes: [stroke(documentId), stroke(node.peerId)] });
    });

    it('nobody else does, nor where something is shown already, nor in the same call', async () => {
      await joined();
      await shows(someone);
      await moved();
      expect([presented(), shown()]).toEqual([0, null]);
      await shows(null);
      await moved();
      expect([presented(), shown()]).toEqual([0, null]);
      await shows({ peerId: node.peerId, displayName: 'Me' });
      await moved({ ...node.document!, documentId: someone.peerId });
      expect([presented(), shown()]).toMatchObject([0, { documentId: someone.peerId }]);
      await shows({ peerId: node.peerId, displayName: 'Me' });
      node.document = null;
      node.onResume = 'peer-unknown';
      node.current!.end(1006);
      await pass(3_000);
      expect([presented(), shown()]).toEqual([0, null]);
    });

    it('a room does where nobody presented', async () => {
      node.peerKind = 'room';
      await joined();
      await shows(null);
      await moved();
      expect(shown()).toMatchObject({ page: 3, presenter: { peerId: node.peerId } });
    });
  });

  it('changes by our own act when the node says so, not before', async () => {
    await joined();
    const presenting = call.present(show);
    expect(shown()).toBeNull();
    await pass(20);
    await presenting;
    expect(shown()).toMatchObject({ page: 1, presenter: { peerId: node.peerId } });
    node.onPresent = 'not-possible-now';
    const refused = call.present(turn(2)).catch(({ code }) => code);
    await pass(20);
    expect([await refused, shown()?.page]).toEqual(['not-possible-now', 1]);
  });

  it('is not asked for without the right; with the right to remove it may be stopped', async () => {
    node.permissions = { ...node.permissions, documents: ['view'], rights: ['remove'] };
    await joined();
    await expect(call.present(show)).rejects.toMatchObject({ code: 'forbidden' });
    void call.present({ act: 'stop' });
    await pass(20);
    expect(count('present')).toBe(1);
  });

  it('comes with access to its pages: the grant’s, the one kept over a reload, or a newer one', async () => {
    const access = (token: string) => ({
      url: 'https://fleet.test',
      token,
      expiresAtMs: 1,
      meetingId: '0193a0b0-0000-7000-8000-00000000000e',
      documents: ['view' as const],
    });
    node.documentAccess = access('granted');
    await joined();
    expect(call.getSnapshot().documentAccess?.token).toBe('granted');
    node.current!.end(1006);
    await pass(3_000);
    expect(call.getSnapshot().documentAccess?.token).toBe('granted');
    call.setDocumentAccess(access('newer'));
    expect(call.getSnapshot().documentAccess?.token).toBe('newer');
    const ticket = call.ticket!;
    call.abandon();
    expect(call.getSnapshot().documentAccess).toBeNull();
    node.onResume = 'restarted';
    void call.resume(ticket, options(), access('kept'));
    await pass(200);
    expect(call.getSnapshot()).toMatchObject({ phase: { name: 'joined' }, documentAccess: { token: 'kept' } });
  });

  it('a token that was signed before the policy changed, and arrives after it, undoes no permission of the node', async () => {
    const access = {
      url: 'https://fleet.test',
      token: 'granted',
      expiresAtMs: 1,
      meetingId: '0193a0b0-0000-7000-8000-00000000000e',
      documents: ['view' as const, 'view-unmarked' as const],
    };
    node.documentAccess = access;
    await joined();
    const tell = (documents: CallPermissions['documents']): void =>
      node.tell({
        event: 'permissions-changed',
        data: { ...node.permissions, role: 'member', documents, document: null },
      });
    tell(['view']);
    await pass(20);
    call.setDocumentAccess({ ...access, token: 'renewed' });
    expect(call.getSnapshot().documentAccess).toMatchObject({ token: 'renewed', documents: ['view'] });
    tell([]);
    await pass(20);
    call.setDocumentAccess({ ...access, token: 'renewed again' });
    expect(call.getSnapshot().documentAccess).toBeNull();
  });
});

describe('the way in', () => {
  it('over what is prepared asks once, and nothing is produced before', async () => {
    const preparing = call.prepare(node.grant(), view);
    await pass(50);
    await preparing;
    expect(phase().name).toBe('prepared');
    expect(node.methods()).toEqual(['hello', 'prepare-call']);
    const joining = call.join(options());
    await pass(50);
    await joining;
    expect(node.methods().slice(0, 3)).toEqual(['hello', 'prepare-call', 'join-call']);
    // what the others look like is drawn first
    expect(count('produce')).toBe(0);
    await pass(120);
    expect(node.methods().filter((method) => method === 'produce')).toHaveLength(2);
    expect(requestGrant).not.toHaveBeenCalled();
  });

  it('a slow answer keeps our tracks waiting for a third of a second, and they are sent once', async () => {
    void call.prepare(node.grant(), view);
    await pass(50);
    node.answerAfterMs = 500;
    const joining = call.join(options());
    await pass(290);
    expect(count('produce')).toBe(0);
    await pass(20);
    expect(count('produce')).toBe(2);
    node.answerAfterMs = 1;
    await pass(1_000);
    await joining;
    expect(count('produce')).toBe(2);
  });

  it('what is to be shown is negotiated ahead, and neither asked for again nor told as flowing before', async () => {
    const [mina, bo] = [withCamera('Mina'), withCamera('Bo')];
    void call.prepare(node.grant(), view);
    await pass(50);
    expect(node.asked.find(({ method }) => method === 'prepare-call')?.data).toMatchObject({ view });
    const ahead = media[0]!.consumerIds();
    expect([ahead.length, media[0]!.expected.length]).toEqual([2, 0]);
    const stream = call.getSnapshot().streams.get(mina.peerId)!.camera!.stream;
    // one goes while the person reads, one comes
    node.removePeer(bo.peerId);
    const ari = withCamera('Ari');
    const joining = call.join(options());
    await pass(200);
    await joining;
    const consumed = media[0]!.consumed.filter((consumerId) => ahead.includes(consumerId));
    expect(consumed).toHaveLength(2);
    expect([...call.getSnapshot().streams.keys()].sort()).toEqual([mina.peerId, ari.peerId].sort());
    expect(call.getSnapshot().streams.get(mina.peerId)!.camera).toEqual({ stream, state: 'live' });
    expect(media[0]!.expected).toHaveLength(2);
  });

  it('what the page shows out of sight is what join asks for; a page that shows nobody yet asks for what was prepared', async () => {
    const mina = withCamera('Mina');
    void call.prepare(node.grant(), view);
    await pass(50);
    const drawn: View = { kind: 'exact', tiles: [{ peerId: mina.peerId, source: 'camera', heightPx: 360 }] };
    call.show({ kind: 'exact', tiles: [] });
    call.show(drawn);
    void call.join(options());
    await pass(200);
    const asked = () =>
      node.asked.filter(({ method }) => method === 'join-call').map(({ data }) => (data as { view: View }).view);
    expect(asked()).toEqual([drawn]);
    // said already
    call.show(drawn);
    expect(count('show')).toBe(0);
    call.leave();
    await pass(50);
    void call.prepare(node.grant(), view);
    await pass(50);
    call.show({ kind: 'exact', tiles: [] });
    void call.join(options());
    await pass(200);
    expect(asked().at(-1)).toEqual(options().view);
  });

  it('who begins to send while one reads is negotiated too, once, and no frame is expected before Join', async () => {
    const mina = withCamera('Mina');
    void call.prepare(node.grant(), view);
    await pass(50);
    const [known] = node.consumers;
    const ari = withCamera('Ari');
    const added = node.consumers.at(-1)!;
    node.tell({ event: 'consumer-added', data: added });
    await pass(50);
    expect(media[0]!.consumed).toEqual([known!.consumerId, added.consumerId]);
    expect([...call.getSnapshot().streams.keys()]).toEqual([mina.peerId, ari.peerId]);
    expect(media[0]!.expected).toHaveLength(0);
    const joining = call.join(options());
    await pass(200);
    await joining;
    expect(media[0]!.consumed).toHaveLength(2);
    expect(media[0]!.expected).toHaveLength(2);
  });

  it('a worker that dies under what is prepared: negotiated ahead again', async () => {
    withCamera('Mina');
    void call.prepare(node.grant(), view);
    await pass(50);
    node.tell({ event: 'media-moved', data: node.setup() });
    await pass(50);
    expect([count('prepare-call'), media[1]!.consumerIds().length]).toEqual([2, 1]);
  });

  it('a node that cannot do that lets in all the same', async () => {
    withCamera('Mina');
    node.onAhead = 'unknown-command';
    void call.prepare(node.grant(), view);
    await pass(50);
    expect(phase().name).toBe('prepared');
    await joined();
    expect(media[0]!.expected).toHaveLength(1);
  });

  it('a grant that names the call otherwise leads to the call as the node names it, over drops too', async () => {
    const joining = call.join(options(), { ...node.grant(), callId: '0193a0b0-0000-7000-8000-000000000001' });
    await pass(200);
    await joining;
    expect(phase()).toMatchObject({ name: 'joined', callId: node.callId });
    expect(call.ticket?.callId).toBe(node.callId);
    node.current!.end(1006);
    await pass(2_000);
    expect(phase()).toMatchObject({ name: 'joined', callId: node.callId, connection: 'connected' });
    node.tell({ event: 'call-ended', data: { reason: 'ended-by-room' } });
    await pass(10);
    expect(phase()).toEqual({ name: 'ended', callId: node.callId, reason: 'ended-by-room' });
  });

  it('from a grant: hello and join back to back, and those who are there are set up at once', async () => {
    const peer = node.addPeer('Mina');
    node.consumerOf(peer);
    await joined();
    expect(node.methods().slice(0, 2)).toEqual(['hello', 'join-call']);
    expect(call.getSnapshot().streams.get(peer.peerId)?.camera?.state).toBe('live');
  });

  it('tells the page when those who are there are set up, not before: a render would stand in the way', async () => {
    node.consumerOf(node.addPeer('Mina'));
    const told: string[] = [];
    call.subscribe(() => {
      const { phase: now, streams } = call.getSnapshot();
      told.push(`${now.name} ${[...streams.values()].map(({ camera }) => camera?.state).join()}`);
    });
    await joined();
    const [first, second] = told.filter((words) => !words.startsWith('idle'));
    expect([first, second]).toEqual(['joining ', 'joined live']);
  });

  it('while it is still being prepared: waits for that, and does not begin again', async () => {
    void call.prepare(node.grant(), view);
    await joined();
    expect(count('hello')).toBe(1);
  });

  it('after what was prepared has expired: with a fresh grant', async () => {
    void call.prepare(node.grant(), view);
    await pass(50);
    node.tell({ event: 'prepared-expired', data: {} });
    await pass(5);
    expect(phase().name).toBe('idle');
    const joining = call.join(options());
    await pass(200);
    await joining;
    expect(requestGrant).toHaveBeenCalledOnce();
    expect(phase().name).toBe('joined');
  });

  it('that leads to a call which is over: asks for the next, and says which one ended', async () => {
    node.onJoin = 'call-ended';
    const joining = call.join(options(), node.grant());
    await pass(20);
    node.onJoin = 'ok';
    await pass(2_000);
    await joining;
    expect(requestGrant).toHaveBeenCalledWith({ code: 'call-ended', endedCallId: node.callId });
  });

  it('that is refused for good says so, once', async () => {
    node.onJoin = 'forbidden';
    const refused = expect(call.join(options(), node.grant())).rejects.toMatchObject({ code: 'forbidden' });
    await pass(50);
    await refused;
    expect(phase()).toEqual({ name: 'failed', code: 'forbidden' });
  });
});

describe('the way back', () => {
  it('after ten seconds of stalled network: within a second and a half of its end, same transports', async () => {
    await joined();
    node.network = 'stalled';
    await pass(5_500);
    expect(phase()).toMatchObject({ connection: 'reconnecting' });
    await pass(4_500);
    node.network = 'up';
    await pass(2_000);
    expect(phase()).toMatchObject({ name: 'joined', connection: 'connected', peerId: node.peerId });
    expect(media).toHaveLength(1);
    expect(media[0]!.iceRestarts).toBe(1);
    expect(requestGrant).not.toHaveBeenCalled();
  });

  it('after a reset and refused connections: each pause stays under a second', async () => {
    await joined();
    node.network = 'refusing';
    node.current!.end(1006);
    await pass(10_000);
    const tries = node.sockets.length;
    expect(tries).toBeLessThan(25);
    node.network = 'up';
    await pass(1_020);
    expect(phase()).toMatchObject({ connection: 'connected' });
  });

  it('says again what may have been lost: mute, and what the node never confirmed', async () => {
    await joined();
    media[0]!.confirms = false;
    call.setScreen(fakeTrack('video'));
    await pass(10);
    node.network = 'stalled';
    setMuted(true);
    await pass(6_000);
    node.network = 'up';
    node.asked.length = 0;
    await pass(3_000);
    expect(node.methods()).toContain('pause-producer');
    expect(count('close-producer')).toBe(1);
    expect(count('produce')).toBe(1);
    expect(call.getSnapshot().local).toEqual({ microphone: 'muted', camera: 'on', sharesScreen: true });
  });

  it('with new media: the same tracks are produced again, muted as before, and each stream stays the same object', async () => {
    const peer = node.addPeer('Mina');
    node.consumerOf(peer);
    await joined();
    setMuted(true);
    const { stream } = call.getSnapshot().streams.get(peer.peerId)!.camera!;
    const [before] = media;
    node.consumers = [];
    node.tell({ event: 'media-moved', data: node.setup() });
    await pass(10);
    expect(call.getSnapshot().streams.get(peer.peerId)!.camera).toEqual({ stream, state: 'frozen' });
    node.tell({ event: 'consumer-added', data: node.consumerOf(peer) });
    await pass(10);
    expect(call.getSnapshot().streams.get(peer.peerId)!.camera).toEqual({ stream, state: 'live' });
    expect(media[1]!.produced.map(({ track }) => track)).toEqual(before!.produced.map(({ track }) => track));
    expect(media[1]!.produced[0]!.track.enabled).toBe(false);
    expect([before!.retired, before!.closed]).toEqual([true, false]);
    await pass(4_000);
    expect(before!.closed).toBe(true);
  });

  it('to a node that does not know the place any more: a fresh grant, and in again', async () => {
    await joined();
    node.onResume = 'peer-unknown';
    node.current!.end(1006);
    await pass(500);
    expect(requestGrant).toHaveBeenCalledWith({ code: 'peer-unknown', endedCallId: null });
    expect(phase()).toMatchObject({ name: 'joined', connection: 'connected' });
    expect(count('join-call')).toBe(2);
  });

  it('once the node has given the place up, 45 seconds after the drop: a fresh grant, though nothing answers', async () => {
    await joined();
    node.network = 'stalled';
    node.current!.end(1006);
    await pass(44_999);
    expect(requestGrant).not.toHaveBeenCalled();
    await pass(1);
    expect(requestGrant.mock.calls).toEqual([[{ code: 'peer-unknown', endedCallId: null }]]);
    node.network = 'up';
    await pass(10_000);
    expect(phase()).toMatchObject({ name: 'joined', connection: 'connected' });
  });

  it('to a call whose meeting goes on in another: a fresh grant for that one, by itself', async () => {
    await joined();
    node.onResume = 'call-moved';
    node.current!.end(4438);
    await pass(500);
    expect(requestGrant).toHaveBeenCalledWith({ code: 'call-moved', endedCallId: null });
    expect(phase()).toMatchObject({ name: 'joined', connection: 'connected' });
  });

  it('waits while the fleet cannot reach the meeting’s call', async () => {
    await joined();
    node.onResume = 'peer-unknown';
    requestGrant.mockRejectedValue(new OperationalError('call-unreachable'));
    node.current!.end(1006);
    await pass(60_000);
    expect(phase()).toMatchObject({ name: 'joined', connection: 'reconnecting' });
    requestGrant.mockResolvedValue(node.grant());
    await pass(20_000);
    expect(phase()).toMatchObject({ name: 'joined', connection: 'connected' });
  });

  it('goes on asking while the fleet is gone, and ends where the invite is refused', async () => {
    await joined();
    node.onResume = 'peer-unknown';
    requestGrant.mockRejectedValue(new TypeError('Failed to fetch'));
    vi.spyOn(console, 'error').mockImplementation(() => {});
    node.current!.end(1006);
    await pass(20_000);
    expect(phase()).toMatchObject({ name: 'joined', connection: 'reconnecting' });
    requestGrant.mockRejectedValue(new UserError('invite-expired'));
    await pass(2_000);
    expect(phase()).toEqual({ name: 'failed', code: 'invite-expired' });
  });

  it('does not come back where it was ended, removed or opened elsewhere', async () => {
    for (const [closeCode, expected] of [
      [4437, { name: 'failed', code: 'joined-elsewhere' }],
      [4422, { name: 'ended', reason: 'removed' }],
      [4431, { name: 'ended' }],
      [4434, { name: 'failed', code: 'replaced' }],
    ] as const) {
      await joined();
      const sockets = node.sockets.length;
      node.current!.end(closeCode);
      await pass(3_000);
      expect(phase()).toMatchObject(expected);
      expect(node.sockets).toHaveLength(sockets);
    }
  });

  it('says by which transport it sends, the one of the latest set-up', async () => {
    await joined();
    const moved = node.setup();
    node.tell({ event: 'media-moved', data: moved });
    await pass(10);
    node.current!.end(1006);
    await pass(3_000);
    const resumed = node.asked.findLast(({ method }) => method === 'hello');
    expect(resumed!.data).toMatchObject({ admission: { kind: 'resume', transportId: moved.send.transportId } });
  });

  it('of a reloaded page: has no transport to name, and is not asked to join', async () => {
    await joined();
    const ticket = call.ticket!;
    node.onResume = 'restarted';
    call.close();
    node.asked.length = 0;
    call = new CallClient({
      requestGrant,
      onMuted: () => {},
      openSocket: node.open,
      createStream: createFakeStream,
      createMedia: (of) => new FakeMedia(of),
    });
    void call.resume(ticket, options());
    await pass(50);
    expect(node.asked[0]!.data).toMatchObject({ admission: { kind: 'resume' } });
    expect(node.asked[0]!.data).not.toHaveProperty('admission.transportId');
    expect(node.methods()).not.toContain('join-call');
    expect(phase()).toMatchObject({ name: 'joined' });
  });
});

describe('what the node does not take', () => {
  const sent = (source: string) => media.at(-1)!.produced.filter((each) => each.source === source).length;
  const shares = () => call.getSnapshot().local.sharesScreen;

  it('because its worker died goes to the next one, a screen too', async () => {
    await joined();
    node.onProduce = 'media-failed';
    call.setScreen(fakeTrack('video'));
    await pass(20);
    expect(shares()).toBe(true);
    node.onProduce = 'ok';
    node.tell({ event: 'media-moved', data: node.setup() });
    await pass(20);
    expect([media.length, sent('screen'), shares()]).toEqual([2, 1, true]);
    await pass(5_000);
    expect(sent('screen')).toBe(1);
  });

  it('now is asked again, over the same media', async () => {
    await joined();
    node.onProduce = 'not-possible-now';
    call.setScreen(fakeTrack('video'));
    await pass(20);
    node.onProduce = 'ok';
    await pass(600);
    expect([media.length, sent('screen'), shares()]).toEqual([1, 2, true]);
  });

  it.each(['bad-message', 'forbidden'] as const)(
    'for good (%s) is not asked again, and a screen is not shared',
    async (code) => {
      await joined();
      node.onProduce = code;
      call.setScreen(fakeTrack('video'));
      await pass(5_000);
      expect([sent('screen'), shares()]).toEqual([1, false]);
    },
  );

  it('because it is permitted no more is sent no more; back come the others, and a screen once it is shared anew', async () => {
    await joined();
    call.setCamera(fakeTrack('video'));
    call.setScreen(fakeTrack('video'));
    await pass(20);
    const tell = (publishes: CallPermissions['publishes']): void =>
      node.tell({
        event: 'permissions-changed',
        data: { ...node.permissions, role: 'member', publishes, document: null },
      });
    tell(['microphone']);
    await pass(20);
    expect(node.methods().filter((method) => method === 'close-producer')).toHaveLength(2);
    tell(node.permissions.publishes);
    await pass(20);
    expect(call.getSnapshot().local).toMatchObject({ camera: 'on', sharesScreen: false });
    expect([sent('camera'), sent('screen')]).toEqual([2, 1]);
  });

  it('though asked for seconds is given up', async () => {
    await joined();
    node.onProduce = 'not-possible-now';
    call.setScreen(fakeTrack('video'));
    await pass(10_000);
    expect([sent('screen'), shares()]).toEqual([9, false]);
    // shared anew, it has as many chances again
    call.setScreen(fakeTrack('video'));
    await pass(20);
    node.onProduce = 'ok';
    await pass(1_000);
    expect([sent('screen'), shares()]).toEqual([11, true]);
  });

  it('of a set-up that is gone leaves the next one alone', async () => {
    await joined();
    const [before] = media;
    node.tell({ event: 'media-moved', data: node.setup() });
    await pass(20);
    before!.options.onProducerRefused('camera', new UserError('forbidden'));
    call.setCamera(null, 'off');
    await pass(20);
    expect(node.asked.at(-1)).toMatchObject({ method: 'pause-producer' });
  });
});

it('muted by another: the track itself, and said', async () => {
  await joined();
  node.tell({ event: 'muted', data: { byPeerId: node.peerId } });
  await pass(10);
  expect(call.getSnapshot()).toMatchObject({ mutedByPeerId: node.peerId, local: { microphone: 'muted' } });
  expect(media[0]!.produced.find(({ source }) => source === 'microphone')!.track.enabled).toBe(false);
});

it('another microphone is sent as muted as its owner gives it', async () => {
  await joined();
  const other = Object.assign(fakeTrack('audio'), { enabled: false });
  call.setMicrophone(other);
  await pass(10);
  expect(call.getSnapshot().local.microphone).toBe('muted');
  expect(node.methods()).toContain('pause-producer');
});

it('knows who muted us until we unmute', async () => {
  await joined();
  node.tell({ event: 'muted', data: { byPeerId: node.peerId } });
  await pass(10);
  setMuted(false);
  expect(call.getSnapshot()).toMatchObject({ mutedByPeerId: null, local: { microphone: 'on' } });
});

it('follows who comes, changes and goes', async () => {
  await joined();
  const peer = node.addPeer('Mina');
  node.tell({ event: 'participant-joined', data: { participant: peer } });
  node.tell({ event: 'consumer-added', data: node.consumerOf(peer) });
  node.tell({ event: 'active-speaker', data: { peerId: peer.peerId } });
  await pass(10);
  expect(call.getSnapshot()).toMatchObject({
    participants: [{}, { displayName: 'Mina' }],
    activeSpeakerPeerId: peer.peerId,
  });
  node.tell({ event: 'participant-changed', data: { participant: { ...peer, microphone: 'muted' } } });
  await pass(10);
  expect(call.getSnapshot().participants[1]).toMatchObject({ microphone: 'muted' });
  node.tell({ event: 'participant-left', data: { peerId: peer.peerId } });
  await pass(10);
  expect(call.getSnapshot()).toMatchObject({ participants: [{ displayName: 'Me' }], activeSpeakerPeerId: null });
  expect(call.getSnapshot().streams.size).toBe(0);
});

it('closing in the middle of a move or of a reconnect leaves neither transports nor sockets', async () => {
  await joined();
  node.tell({ event: 'media-moved', data: node.setup() });
  await pass(10);
  node.network = 'stalled';
  node.current!.end(1006);
  await pass(300);
  expect(phase()).toMatchObject({ connection: 'reconnecting' });
  call.close();
  expect(media.map(({ closed }) => closed)).toEqual([true, true]);
  expect(node.sockets.every(({ readyState }) => readyState === 3)).toBe(true);
});

it('closing twice releases everything', async () => {
  await joined();
  call.close();
  call.close();
  expect(phase().name).toBe('closed');
  expect(media.every(({ closed }) => closed)).toBe(true);
  await pass(10);
});

describe('a page that goes', () => {
  it('knows whether somebody else was left there', async () => {
    await joined();
    call.leave();
    expect(phase()).toMatchObject({ name: 'ended', reason: 'left', wasLast: true });
  });

  it('does not count as the last one while somebody else is there', async () => {
    await joined();
    node.tell({ event: 'participant-joined', data: { participant: node.addPeer('Mina') } });
    await pass(10);
    call.leave();
    expect(phase()).toEqual({ name: 'ended', callId: node.callId, reason: 'left' });
  });

  it('gives its place up in a way that outlives it, by the secret of that place', async () => {
    const beacons: [string, unknown][] = [];
    vi.stubGlobal('navigator', {
      sendBeacon: (url: string, body: string) => beacons.push([url, JSON.parse(body)]),
    });
    await joined();
    const { peerId, resumeSecret: secret, signalingUrl } = call.ticket!;
    call.leaveWithPage();
    expect(beacons).toEqual([[signalingUrl.replace('ws', 'http'), { peerId, secret }]]);
    expect(phase()).toMatchObject({ name: 'ended', reason: 'left' });
    call.leaveWithPage();
    expect(beacons).toHaveLength(1);
    vi.unstubAllGlobals();
  });
});

it('is muted for everyone while the system silences the microphone, and not any more afterwards', async () => {
  await joined();
  await pass(1_000);
  const [{ track }] = media[0]!.produced.filter(({ source }) => source === 'microphone') as unknown as [
    { track: FakeTrack },
  ];
  track.silence(true);
  await pass(50);
  expect(count('pause-producer')).toBe(1);
  expect(call.getSnapshot().local.microphone).toBe('muted');
  track.silence(false);
  await pass(50);
  expect(count('resume-producer')).toBe(1);
  expect(call.getSnapshot().local.microphone).toBe('on');
});
