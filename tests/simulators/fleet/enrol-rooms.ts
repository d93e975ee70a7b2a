/** Rooms of a simulated fleet: made and enrolled by the public API, several at a time, and removed by it. */
import { MaruError, ProtocolError, toMaruError } from '#contract/error-codes.ts';
import { roomsApi } from '#contract/http/rooms-api.ts';
import { enrol, fetchPinnedCa, type RoomIdentity } from '../room/enrol.ts';
import { requestJson } from '../request-json.ts';

const AT_ONCE = 8;

/** A fleet server as a program with a token reaches it. */
export type FleetAccess = {
  /** origin for browsers */
  fleetUrl: string;
  /** `authorization` or `cookie` */
  headers: Record<string, string>;
  /** PEM; undefined: as Node trusts */
  ca?: string | undefined;
};

export type EnrolRooms = {
  access: FleetAccess;
  /** one for each room to be made */
  names: readonly string[];
  placeId: string | null;
  onEnrolled: (identity: RoomIdentity) => void;
  /** no further room is begun */
  ending?: AbortSignal;
};

/** Settles when all are enrolled, or those that had begun when it was to end. @throws MaruError as the fleet gave it, at the first that fails */
export async function enrolRooms({ access, names, placeId, onEnrolled, ending }: EnrolRooms): Promise<void> {
  let ca: Promise<string> | null = null;
  await inParallel(names, async (roomName) => {
    if (ending?.aborted) return;
    const { method, path, response } = roomsApi.createRoom;
    const made = response.parse(await call(access, method, path, { roomName, placeId }));
    // one and the same for all of them
    ca ??= fetchPinnedCa(made.deviceApiUrl, made.caSha256);
    onEnrolled(await enrol(made, await ca));
  });
}

/** What is gone already counts as removed. @throws MaruError as the fleet gave it */
export async function removeRooms(access: FleetAccess, roomIds: readonly string[]): Promise<void> {
  await inParallel(roomIds, async (roomId) => {
    try {
      const { method, path } = roomsApi.removeRoom;
      await call(access, method, path.replace(':roomId', roomId));
    } catch (error) {
      if (!(error instanceof ProtocolError && error.code === 'not-found')) throw error;
    }
  });
}

async function call({ fleetUrl, headers, ca }: FleetAccess, method: string, path: string, body?: object) {
  return requestJson({ url: new URL(path, fleetUrl).href, method, headers, ...(body && { body }), ...(ca && { ca }) });
}

async function inParallel<T>(all: readonly T[], act: (one: T) => Promise<void>): Promise<void> {
  const waiting = [...all].reverse();
  const next = async (): Promise<void> => {
    for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) await act(one);
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, next));
  } finally {
    waiting.length = 0;
  }
}

/** In words, for people at a terminal. */
export function wordsOf(error: unknown): string {
  if (error instanceof MaruError) return `${error.code}: ${error.message}`;
  const { code, message } = error as { code?: unknown; message?: string };
  return typeof code === 'string' ? `${code}: ${message}` : toMaruError(error).message;
}
