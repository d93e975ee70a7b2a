/** A line from a room's phone for the notes of the meeting that the room is in. */
import { InvalidStateError, UserError } from '#contract/error-codes.ts';
import type { NoteLine } from '#contract/note-line.ts';
import { AttemptLimit } from '#edge/attempt-limit.ts';
import type { Meetings } from '../meetings/index.ts';
import type { Notes } from '../notes/index.ts';
import type { RoomReports } from './room-reports.ts';

export type RoomNotesDependencies = {
  notes: Pick<Notes, 'append'>;
  meetings: Pick<Meetings, 'meetingOfRoom'>;
  reports: Pick<RoomReports, 'projections'>;
};

export class RoomNotes {
  readonly #deps: RoomNotesDependencies;
  readonly #lines = new AttemptLimit({ burst: 30, refillPerMinute: 30 });

  constructor(deps: RoomNotesDependencies) {
    this.#deps = deps;
  }

  /**
   * @param lineId of the request: the same one again adds nothing
   * @throws InvalidStateError not-possible-now: the room is in no call, or in a meeting of others; UserError too-many-attempts,
   *   notes-too-large; OperationalError storage-failed
   */
  async add(roomId: string, lineId: string, line: NoteLine): Promise<void> {
    const { notes, meetings, reports } = this.#deps;
    if (!this.#lines.take(roomId)) throw new UserError('too-many-attempts');
    const phase = reports.projections.get(roomId, 'state')?.phase;
    const meetingId = phase?.name === 'in-call' ? await meetings.meetingOfRoom(roomId, phase.callId) : null;
    if (meetingId === null) throw new InvalidStateError('not-possible-now', 'the room is in no meeting of its own');
    await notes.append(meetingId, lineId, line);
  }
}
