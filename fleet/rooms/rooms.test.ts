/** The parts wired together, over stores and a broker of their own: what a kiosk asks is answered, and whose pairing ends leaves. */
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { OperationalError } from '#contract/error-codes.ts';
import { WallClock } from '#edge/wall-clock.ts';
import { hashOf, newId } from '../store/index.ts';
import { BrokerUnderTest } from './broker-under-test.ts';
import { Rooms } from './rooms.ts';
import { openAuthority, openTelemetry } from './store-under-test.ts';

const roomId = newId();
const nothing = (): void => {};
let broker: BrokerUnderTest;
let rooms: Rooms;
let end: () => Promise<void>;
const commandNodes = vi.fn();
const viewingFor = vi.fn();
beforeEach(async () => {
  commandNodes.mockReset();
  viewingFor.mockReset();
  const [authority, telemetry] = await Promise.all([openAuthority(), openTelemetry()]);
  await authority.store.write((trx) =>
    trx.insertInto('room').values({ roomId, roomName: 'Room', createdAtMs: 1 }).execute(),
  );
  broker = Object.assign(new BrokerUnderTest(), { onUnserved: nothing, unservedProtocolOf: () => null });
  rooms = new Rooms({
    store: authority.store,
    telemetry: telemetry.store,
    broker,
    meetings: {
      commandNodes,
      grantForLaptop: async () => ({ callId: 'call', peerId: 'laptop' }),
      scheduledIn: async () => [],
      onChanged: nothing,
      waitingRoom: { onChanged: nothing },
      nodes: { blockedCountOf: () => 0 },
      ofRoom: async () => null,
      delegations: { onDue: nothing },
    },
    broadcasts: { viewings: { forRoom: viewingFor }, onOffersChanged: nothing },
    liveUrl: () => 'https://live.test',
    documents: {},
    enrolment: { onEnrolled: nothing },
    register: { onRevoked: nothing, isEnrolled: () => true },
    clock: new WallClock({ steadyNowMs: () => performance.now() }),
    deviceApi: { url: 'https://fleet.test', caSha256: 'ca' },
    controllerUrl: 'https://fleet.test',
    places: { roomsUnder: () => [], pathOf: () => [] },
    signalsOf: () => [],
    signalStatesOf: () => [],
    openAlertCountOf: () => 0,
    logger: pino({ level: 'silent' }),
  } as never);
  await rooms.start();
  end = async () => {
    await rooms.stop();
    await Promise.all([authority.end(), telemetry.end()]);
  };
});
afterEach(() => end());

const replies = () => broker.published.flatMap(({ name, message }) => (name === 'requestReply' ? [message] : []));

it('a TV that asks to watch a broadcast gets its viewing once that is made, or why not', async () => {
  const viewing = { url: 'https://live.test/b', token: 't' };
  const { promise, resolve } = Promise.withResolvers<typeof viewing>();
  viewingFor.mockReturnValueOnce(promise).mockRejectedValueOnce(new OperationalError('room-not-answering'));
  broker.receive('request', roomId, { name: 'request-viewing', id: '1', broadcastId: 'b' });
  await new Promise((done) => setImmediate(done));
  expect(replies()).toEqual([]);
  resolve(viewing);
  await vi.waitFor(() => expect(replies()).toEqual([{ name: 'viewing', id: '1', viewing }]));
  expect(viewingFor.mock.calls).toEqual([[roomId, 'b', 'https://live.test']]);
  broker.receive('request', roomId, { name: 'request-viewing', id: '2', broadcastId: 'b' });
  await vi.waitFor(() =>
    expect(replies()[1]).toMatchObject({ name: 'refused', id: '2', error: { code: 'room-not-answering' } }),
  );
});

it('a laptop whose pairing ends is put out of its room’s call', async () => {
  broker.receive('pairing', roomId, {
    codes: [{ sha256: hashOf(`${roomId}:BCDFGHJK`), expiresAtMs: Date.now() + 60_000 }],
  });
  const { controllerToken } = await rooms.pairings.pairLaptop('BCDFGHJK', 'net');
  vi.spyOn(rooms.reports, 'of').mockReturnValue({
    online: true,
    state: { phase: { name: 'in-call', callId: 'call', bookingId: 'booking' } },
  } as never);
  await rooms.laptops.enter(controllerToken);
  await rooms.pairings.revokeOfRoom(roomId, 'account:it');
  expect(commandNodes.mock.calls).toEqual([[{ name: 'remove-participant', callId: 'call', peerId: 'laptop' }]]);
});
