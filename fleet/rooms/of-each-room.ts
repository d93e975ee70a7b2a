/** One act on several rooms: each by itself, so that one that is refused does not keep the others. */
import { type ErrorCode, toMaruError } from '#contract/error-codes.ts';
import { type Reach, reaches } from '#contract/http/permissions.ts';

type Outcome = { changed: string[]; refused: { roomId: string; code: ErrorCode }[] };

/** A room that is named twice is acted on once; one that is not reached is refused as `forbidden`. */
export async function ofEachRoom(
  roomIds: readonly string[],
  reach: Reach,
  act: (roomId: string) => Promise<unknown>,
): Promise<Outcome> {
  const outcome: Outcome = { changed: [], refused: [] };
  for (const roomId of new Set(roomIds)) {
    if (!reaches(reach, roomId)) {
      outcome.refused.push({ roomId, code: 'forbidden' });
      continue;
    }
    try {
      await act(roomId);
      outcome.changed.push(roomId);
    } catch (error) {
      outcome.refused.push({ roomId, code: toMaruError(error).code });
    }
  }
  return outcome;
}
