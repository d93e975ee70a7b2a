/** What a call shows, as raw clients see it: who may act, who gets what in which order, and what it survives. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import type { JoinTokenClaims } from '#contract/grants.ts';
import { type DocumentAct, type SharedDocument, WHOLE_PAGE } from '#contract/shared-document.ts';
import type { RawClient } from './testing/raw-client.ts';
import { settled, startTestNode, type TestNode } from './testing/test-node.ts';

const GRACE_MS = 500;
let it: TestNode;
beforeAll(async () => {
  it = await startTestNode({ settings: { emptyCallMs: 60, resumeGraceMs: GRACE_MS } });
});
afterAll(() => it.stop());

const documentId = uuidv7();
const show = (more: Partial<Extract<DocumentAct, { act: 'show' }>> = {}): DocumentAct => ({
  act: 'show',
  documentId,
  title: 'Plan 계획.pptx',
  pageCount: 12,
  page: 1,
  ...more,
});
const stroke = (strokeId: string, points = [1, 2, 3, 4], page = 1): DocumentAct => ({
  act: 'draw',
  stroke: { strokeId, page, colour: 'red', points },
});
const present = (client: RawClient, act: DocumentAct) => client.request('present', { act });
const refusal = (asked: Promise<unknown>): Promise<string> =>
  asked.then(
    () => 'done',
    ({ code }: { code: string }) => code,
  );

async function enter(callId: string, claims: Partial<JoinTokenClaims> = {}, name = 'Guest 1') {
  return follow(await it.join({ callId, ...claims }, name));
}
function follow(client: RawClient) {
  return {
    client,
    get peerId() {
      return client.hello!.peerId;
    },
    /** after all that the node has sent so far */
    async sees(): Promise<SharedDocument | null> {
      await client.request('ping', {});
      return client.document;
    },
    changes: () =>
      client.notifications.flatMap(({ event, data }) =>
        event === 'document-changed' ? [data.change === 'act' ? data.act.act : data.change] : [],
      ),
  };
}
type Follower = ReturnType<typeof follow>;
const end = (...clients: Follower[]) =>
  Promise.all(clients.map(({ client }) => client.request('leave-call', {}).catch(() => {})));
async function comeBack({ client }: Follower, reloaded = false): Promise<Follower> {
  const next = await it.open();
  await next.resume(client.hello!, reloaded ? undefined : client.media.send.transportId);
  return follow(next);
}

describe('who presents', () => {
  test('all get each act in order, with who did it; who comes late has the same state at once', async () => {
    const callId = uuidv7();
    const [mina, jun] = [await enter(callId, {}, 'Mina'), await enter(callId, {}, 'Jun')];
    const acts: DocumentAct[] = [
      show(),
      { act: 'turn-page', page: 3 },
      { act: 'zoom', region: { x: 100, y: 200, width: 20_000, height: 10_000 } },
      stroke(uuidv7(), [5, 6], 3),
      stroke(uuidv7(), [7, 8, 9, 10], 3),
      { act: 'undo-stroke' },
      { act: 'point', at: { x: 9, y: 9 } },
    ];
    for (const act of acts) await present(mina.client, act);
    const expected = {
      documentId,
      title: 'Plan 계획.pptx',
      pageCount: 12,
      page: 3,
      region: { x: 100, y: 200, width: 20_000, height: 10_000 },
      presenter: { peerId: mina.peerId, displayName: 'Mina' },
      pointer: { x: 9, y: 9 },
      strokes: [{ points: [5, 6], page: 3 }],
    };
    expect(await jun.sees()).toMatchObject(expected);
    expect(jun.changes()).toEqual(acts.map(({ act }) => act));
    const late = await enter(callId);
    for (const each of [mina, jun, late]) expect(await each.sees()).toEqual(await jun.sees());
    await present(mina.client, { act: 'stop' });
    expect(await late.sees()).toBeNull();
    await end(mina, jun, late);
  });

  test('the answer comes before the change that it brought about', async () => {
    const mina = await enter(uuidv7());
    const frames: string[] = [];
    mina.client.socket.on('message', (data) => {
      const frame = JSON.parse(String(data)) as { event?: string };
      frames.push(frame.event ?? 'answer');
    });
    await present(mina.client, show());
    await mina.client.told('document-changed');
    expect(frames).toEqual(['answer', 'document-changed']);
    await end(mina);
  });

  test('steers alone; another who may take it does so from then on', async () => {
    const callId = uuidv7();
    const [mina, jun] = [await enter(callId, {}, 'Mina'), await enter(callId, {}, 'Jun')];
    const presenters: DocumentAct[] = [
      { act: 'turn-page', page: 2 },
      { act: 'zoom', region: WHOLE_PAGE },
      { act: 'point', at: null },
      stroke(uuidv7()),
      { act: 'undo-stroke' },
      { act: 'clear-strokes' },
      { act: 'hand-over', peerId: jun.peerId },
      { act: 'stop' },
    ];
    // nothing is shown yet
    for (const act of [...presenters, { act: 'take' } as const])
      expect(await refusal(present(mina.client, act)), act.act).toBe('not-possible-now');
    await present(mina.client, show());
    for (const act of presenters) expect(await refusal(present(jun.client, act)), act.act).toBe('not-possible-now');
    await present(jun.client, { act: 'take' });
    for (const act of presenters) expect(await refusal(present(mina.client, act)), act.act).toBe('not-possible-now');
    for (const act of presenters.slice(0, 6)) expect(await refusal(present(jun.client, act)), act.act).toBe('done');
    expect((await mina.sees())?.presenter?.displayName).toBe('Jun');
    await present(mina.client, show({ documentId: uuidv7(), title: 'Other' }));
    expect(await jun.sees()).toMatchObject({ title: 'Other', presenter: { displayName: 'Mina' }, strokes: [] });
    await end(mina, jun);
  });

  test('hands over to somebody in the call who may present, and to nobody else', async () => {
    const callId = uuidv7();
    const [mina, jun, viewer] = [
      await enter(callId),
      await enter(callId, {}, 'Jun'),
      await enter(callId, { documents: ['view'] }),
    ];
    const prepared = await it.prepare({ callId });
    await present(mina.client, show());
    for (const peerId of [viewer.peerId, prepared.hello!.peerId, uuidv7()])
      expect(await refusal(present(mina.client, { act: 'hand-over', peerId }))).toBe('not-possible-now');
    await present(mina.client, { act: 'hand-over', peerId: jun.peerId });
    for (const each of [mina, jun, viewer])
      expect((await each.sees())?.presenter).toEqual({ peerId: jun.peerId, displayName: 'Jun' });
    prepared.drop();
    await end(mina, jun, viewer);
  });

  test('is stopped by who may remove others, with or without the right to present', async () => {
    const callId = uuidv7();
    const host = await enter(callId, { role: 'co-host', documents: ['view'] });
    const viewer = await enter(callId, { documents: ['view'] });
    const mina = await enter(callId);
    await present(mina.client, show());
    for (const act of [{ act: 'stop' }, { act: 'take' }] as const)
      expect(await refusal(present(viewer.client, act))).toBe('forbidden');
    expect(await refusal(present(host.client, { act: 'take' }))).toBe('forbidden');
    await present(host.client, { act: 'stop' });
    for (const each of [host, viewer, mina]) expect(await each.sees()).toBeNull();
    await end(host, viewer, mina);
  });
});

describe('a presenter who is gone', () => {
  test('merely away goes on, also on new media; its place given up, anybody may take it or end it', async () => {
    const callId = uuidv7();
    const [mina, jun] = [await enter(callId, {}, 'Mina'), await enter(callId, {}, 'Jun')];
    await present(mina.client, show());
    mina.client.drop();
    await jun.client.told('participant-changed', ({ participant }) => participant.connection === 'away');
    expect((await jun.sees())?.presenter?.displayName).toBe('Mina');
    const back = await comeBack(mina);
    expect(await back.sees()).toMatchObject({ presenter: { displayName: 'Mina' } });
    await present(back.client, { act: 'turn-page', page: 2 });
    const reloaded = await comeBack(mina, true);
    expect(await reloaded.sees()).toMatchObject({ page: 2 });
    await present(reloaded.client, { act: 'turn-page', page: 3 });
    reloaded.client.drop();
    await jun.client.told('document-changed', ({ change }) => change === 'presenter-left');
    const late = await enter(callId, {}, 'Late');
    expect(await late.sees()).toMatchObject({ page: 3, presenter: null });
    expect(await refusal(present(late.client, { act: 'turn-page', page: 4 }))).toBe('not-possible-now');
    await present(late.client, { act: 'take' });
    await present(late.client, { act: 'turn-page', page: 4 });
    await end(late);
    await jun.client.told('document-changed', ({ change }) => change === 'presenter-left');
    await present(jun.client, { act: 'stop' });
    expect(
      (await jun.client.told('document-changed', (data) => data.change === 'act' && data.act.act === 'stop')).change,
    ).toBe('act');
    await end(jun);
  });

  test('the worker’s death changes nothing about what is shown', async () => {
    const callId = uuidv7();
    const [mina, jun] = [await enter(callId), await enter(callId)];
    await present(mina.client, show());
    await present(mina.client, stroke(uuidv7()));
    process.kill(it.node.pool.alive[0]!.worker.pid, 'SIGKILL');
    await present(mina.client, { act: 'turn-page', page: 2 });
    for (const { client } of [mina, jun]) await client.told('media-moved');
    await present(mina.client, stroke(uuidv7(), [1, 1], 2));
    const late = await enter(callId);
    expect(await late.sees()).toMatchObject({ page: 2, strokes: [{ page: 1 }, { page: 2 }] });
    expect(await jun.sees()).toEqual(await late.sees());
    await end(mina, jun, late);
  });
});

describe('who may not view', () => {
  test('ends what is shown as it enters, gets none of it, and keeps anything from being shown until it has left', async () => {
    const callId = uuidv7();
    const [mina, jun] = [await enter(callId), await enter(callId, { documents: ['view'] })];
    await present(mina.client, show());
    const waiting = await it.prepare({ callId, documents: [] });
    await present(mina.client, { act: 'turn-page', page: 2 });
    expect(await jun.sees()).toMatchObject({ page: 2 });
    await waiting.join('Outsider');
    const outsider = follow(waiting);
    for (const { client } of [mina, jun]) {
      const events = client.notifications.map(({ event, data }) =>
        event === 'document-changed' ? data.change : event,
      );
      expect(events.slice(-2)).toEqual(['withdrawn', 'participant-joined']);
    }
    expect(await jun.sees()).toBeNull();
    expect(await refusal(present(mina.client, show()))).toBe('outsider-in-call');
    // away, it keeps its place
    waiting.drop();
    await jun.client.told('participant-changed');
    expect(await refusal(present(mina.client, show()))).toBe('outsider-in-call');
    await jun.client.told('participant-left');
    await present(mina.client, show());
    expect(await jun.sees()).toMatchObject({ documentId });
    expect([outsider.changes(), await mina.sees()]).toMatchObject([[], { documentId }]);
    await end(mina, jun);
  });

  test('a program is no exception', async () => {
    const callId = uuidv7();
    const mina = await enter(callId);
    await present(mina.client, show());
    const outsider = await enter(callId, { peerKind: 'program', documents: ['present'] } as Partial<JoinTokenClaims>);
    expect(await mina.sees()).toBeNull();
    expect(await refusal(present(outsider.client, show()))).toBe('outsider-in-call');
    await end(outsider, mina);
  });

  test('who only publishes sees nothing of the call, and is no outsider', async () => {
    const callId = uuidv7();
    const mina = await enter(callId);
    await present(mina.client, show());
    const laptop = await enter(callId, { publishes: ['screen'], receives: [], documents: [] });
    expect([laptop.client.document, laptop.changes(), await laptop.sees()]).toEqual([null, [], null]);
    expect(await mina.sees()).toMatchObject({ documentId });
    await present(mina.client, { act: 'stop' });
    await present(mina.client, show());
    expect([await laptop.sees(), laptop.changes(), mina.changes()]).toEqual([null, [], ['show', 'stop', 'show']]);
    await end(mina, laptop);
  });
});

describe('what the fleet says of a document', () => {
  test('its pages counted: all follow, and a page beyond the last becomes the last', async () => {
    const callId = uuidv7();
    const shownId = uuidv7();
    const mina = await enter(callId);
    await present(mina.client, show({ documentId: shownId, pageCount: null, page: 9 }));
    it.node.registry.perform({ name: 'count-pages', documentId: uuidv7(), pageCount: 2 });
    it.node.registry.perform({ name: 'count-pages', documentId: shownId, pageCount: 3 });
    expect(await mina.sees()).toMatchObject({ pageCount: 3, page: 3 });
    it.node.registry.perform({ name: 'count-pages', documentId: shownId, pageCount: 3 });
    await mina.client.request('ping', {});
    expect(mina.changes()).toEqual(['show', 'counted']);
    expect(await refusal(present(mina.client, { act: 'turn-page', page: 4 }))).toBe('not-possible-now');
    expect(await refusal(present(mina.client, stroke(uuidv7(), [1, 1], 4)))).toBe('not-possible-now');
    await end(mina);
  });

  test('counted or deleted a moment before it is shown: nothing is missed', async () => {
    const mina = await enter(uuidv7());
    const [counted, deleted] = [uuidv7(), uuidv7()];
    it.node.registry.perform({ name: 'count-pages', documentId: counted, pageCount: 3 });
    it.node.registry.perform({ name: 'withdraw-document', documentId: deleted });
    await present(mina.client, show({ documentId: counted, pageCount: null }));
    expect(await mina.sees()).toMatchObject({ pageCount: 3 });
    expect(await refusal(present(mina.client, show({ documentId: counted, pageCount: 500, page: 4 })))).toBe(
      'not-possible-now',
    );
    expect(await refusal(present(mina.client, show({ documentId: deleted })))).toBe('not-found');
    await end(mina);
  });

  test('deleted: no call shows it any more, and others go on', async () => {
    const [one, two] = [await enter(uuidv7()), await enter(uuidv7())];
    const other = uuidv7();
    const deleted = uuidv7();
    await present(one.client, show({ documentId: deleted }));
    await present(two.client, show({ documentId: other }));
    it.node.registry.perform({ name: 'withdraw-document', documentId: deleted });
    expect(await one.client.told('document-changed', ({ change }) => change === 'withdrawn')).toMatchObject({
      reason: 'deleted',
    });
    expect(await two.sees()).toMatchObject({ documentId: other });
    await end(one, two);
  });
});

describe('bad and too many acts', () => {
  test.each<[string, object]>([
    ['an act that there is none of', { act: 'dance' }],
    ['half a point', { act: 'draw', stroke: { strokeId: uuidv7(), page: 1, colour: 'red', points: [1, 2, 3] } }],
    [
      'a stroke that is too long',
      { act: 'draw', stroke: { strokeId: uuidv7(), page: 1, colour: 'red', points: Array(1_002).fill(1) } },
    ],
    ['a point beyond the page', { act: 'point', at: { x: 65_536, y: 0 } }],
    ['a region beyond the page', { act: 'zoom', region: { x: 60_000, y: 0, width: 10_000, height: 10_000 } }],
    ['a region that is too small', { act: 'zoom', region: { x: 0, y: 0, width: 1, height: 1 } }],
    ['page 0', { act: 'turn-page', page: 0 }],
    ['more than it knows', { act: 'take', force: true }],
  ])('%s is a bad message, and the connection stays', async (_what, act) => {
    const mina = await enter(uuidv7());
    await present(mina.client, show());
    expect(await refusal(present(mina.client, act as DocumentAct))).toBe('bad-message');
    expect(await mina.sees()).toMatchObject({ page: 1, strokes: [] });
    await end(mina);
  });

  test('a title is cleaned for all', async () => {
    const callId = uuidv7();
    const [mina, jun] = [await enter(callId), await enter(callId)];
    await present(mina.client, show({ title: `a\u202Egnp.exe <b>\u0000` }));
    const title = (await jun.sees())!.title;
    for (const unseen of ['\u202E', '\u0000']) expect(title).not.toContain(unseen);
    expect(title).toContain('<b>');
    await end(mina, jun);
  });

  test('one peer’s flood is refused act by act and hurts nobody: others act, and it goes on a little later', async () => {
    const callId = uuidv7();
    const [loud, jun] = [await enter(callId), await enter(callId)];
    await present(loud.client, show());
    const answers = await Promise.all(
      Array.from({ length: 150 }, (_, x) => refusal(present(loud.client, { act: 'point', at: { x, y: 0 } }))),
    );
    const done = answers.filter((answer) => answer === 'done').length;
    expect(done).toBeGreaterThanOrEqual(120);
    expect(answers.filter((answer) => answer === 'too-many-attempts')).toHaveLength(150 - done);
    expect(done).toBeLessThan(150);
    // its other acts have a bucket of their own
    expect(await refusal(present(loud.client, { act: 'turn-page', page: 2 }))).toBe('done');
    expect(await refusal(present(jun.client, { act: 'take' }))).toBe('done');
    const turns = await Promise.all(
      Array.from({ length: 60 }, (_, page) =>
        refusal(present(jun.client, { act: 'turn-page', page: (page % 12) + 1 })),
      ),
    );
    expect(turns).toContain('too-many-attempts');
    await settled(200);
    expect(await refusal(present(jun.client, { act: 'turn-page', page: 5 }))).toBe('done');
    expect(await loud.sees()).toEqual(await jun.sees());
    await end(loud, jun);
  });
});
