/** One process of a simulated fleet: its rooms, their lives and their faults. By IPC it gets orders and sends counts. */
import { seededRandom } from '../seeded-random.ts';
import { ROOM_FAULTS, RoomLife } from '../room/room-life.ts';
import { SimulatedRoom } from '../room/simulated-room.ts';
import type { RoomToSimulate, WorkerCounts, WorkerOrder, WorkerReport } from './simulated-fleet.ts';

const HOUR_MS = 3_600_000;
const REPORTS_EVERY_MS = 200;
const GOODBYES_WITHIN_MS = 10_000;

const lives: RoomLife[] = [];
const problems: Record<string, number> = {};
let faultCount = 0;

const report = (message: WorkerReport): void => void process.send?.(message);

function counts(): WorkerCounts {
  const found: WorkerCounts = {
    online: 0,
    inCall: 0,
    faulty: 0,
    faultCount,
    acknowledged: 0,
    slowestAckMs: 0,
    waitingEvents: 0,
    lowestReportedRevision: null,
    problems,
  };
  let isReported = lives.length > 0;
  for (const { room, isInCall, fault } of lives) {
    if (room.line.online) found.online += 1;
    if (isInCall) found.inCall += 1;
    if (fault !== null) found.faulty += 1;
    found.acknowledged += room.line.acknowledgedCount;
    found.slowestAckMs = Math.max(found.slowestAckMs, room.line.slowestAckMs);
    room.line.slowestAckMs = 0;
    found.waitingEvents += room.events.waitingCount;
    isReported &&= room.reportedRevision !== null;
    const revision = room.reportedRevision ?? 0;
    found.lowestReportedRevision = Math.min(found.lowestReportedRevision ?? revision, revision);
  }
  if (!isReported) found.lowestReportedRevision = null;
  return found;
}

/** Each at its moment within the time, so that a server sees rooms come as in a morning and not in one instant. */
function start(order: Extract<WorkerOrder, { order: 'start' }>): void {
  const { rooms, seed, faultsPerHour, failingUpdatesPercent, bootWithinMs } = order;
  const random = seededRandom(seed);
  for (const room of rooms) boot(room, random.between(0, bootWithinMs), { seed, failingUpdatesPercent });
  if (faultsPerHour > 0) failNext(random, HOUR_MS / faultsPerHour);
  setInterval(() => report({ report: 'counts', counts: counts() }), REPORTS_EVERY_MS);
}

function boot(
  { identity, epoch, sequence, at }: RoomToSimulate,
  afterMs: number,
  { seed, failingUpdatesPercent }: { seed: number; failingUpdatesPercent: number },
): void {
  const random = seededRandom(seed + at);
  const onProblem = (problem: string): void => {
    problems[problem] = (problems[problem] ?? 0) + 1;
  };
  const room = new SimulatedRoom({ identity, epoch, sequence, random, onProblem, failingUpdatesPercent });
  const life = new RoomLife(room, random);
  lives.push(life);
  setTimeout(() => void room.start().then(() => life.begin()), afterMs);
}

/** Faults come as they do: at random, so many in an hour on average. */
function failNext(random: ReturnType<typeof seededRandom>, everyMs: number): void {
  setTimeout(
    () => {
      const life = random.pick(lives);
      if (life.fault === null && life.room.line.online) {
        faultCount += 1;
        life.fail(random.pick(ROOM_FAULTS));
      }
      failNext(random, everyMs);
    },
    -Math.log(1 - random.next()) * everyMs,
  );
}

async function stop(): Promise<void> {
  for (const life of lives) life.end();
  const goodbyes = Promise.all(lives.map(({ room }) => room.stop()));
  await Promise.race([goodbyes, new Promise((resolve) => setTimeout(resolve, GOODBYES_WITHIN_MS))]);
  const sequences = lives.map(({ room }): [string, number] => [room.identity.roomId, room.events.sequence]);
  report({ report: 'stopped', counts: counts(), sequences });
  process.disconnect();
  process.exit(0);
}

process.on('message', (message: WorkerOrder) => {
  if (message.order === 'start') start(message);
  else void stop();
});
process.on('disconnect', () => process.exit(0));
// Ctrl-C reaches the whole group; the parent says when to end
process.on('SIGINT', () => {});
