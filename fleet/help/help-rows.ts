/** Requests for help as they are stored, and as console and room are shown them. */
import type { Selectable } from 'kysely';
import type { HelpMessage, HelpRequest } from '#contract/help-request.ts';
import type { HelpTicket } from '#contract/http/help-api.ts';
import type { AuthorityTables } from '../store/index.ts';

export type StoredHelp = Omit<Selectable<AuthorityTables['helpRequest']>, 'diagnostics' | 'seenByAccountId'>;
export type StoredMessage = Selectable<AuthorityTables['helpMessage']>;
/** A request with its room; a room that was removed took its requests with it. */
export type HelpOfRoomRow = StoredHelp & { roomName: string; placeId: string | null };

export const HELP_COLUMNS = [
  'helpId',
  'helpRequest.roomId',
  'topic',
  'state',
  'calledAtMs',
  'receivedAtMs',
  'seenBy',
  'closedAtMs',
] as const;
export const isHelpOpen = ({ state }: Pick<StoredHelp, 'state'>): boolean => state === 'sent' || state === 'seen';

/** on the room's TV and phones */
const SHOWN_MESSAGES = 20;

export const shownMessage = ({ messageId, fromWhom, author, text, atMs }: StoredMessage): HelpMessage => ({
  messageId,
  from: fromWhom,
  author,
  text,
  atMs,
});

export const ticketOf = (row: HelpOfRoomRow, messages: readonly StoredMessage[]): HelpTicket => {
  const { helpId, roomId, roomName, placeId, topic, state, calledAtMs, receivedAtMs, seenBy, closedAtMs } = row;
  return {
    helpId,
    roomId,
    roomName,
    placeId,
    topic,
    state,
    calledAtMs,
    receivedAtMs,
    seenBy,
    closedAtMs,
    messages: messages.map(shownMessage),
  };
};

/** The newest of its messages alone. */
export const requestOf = (
  { helpId, topic, state, calledAtMs }: StoredHelp,
  messages: readonly StoredMessage[],
): HelpRequest => ({
  helpId,
  topic,
  state,
  calledAtMs,
  messages: messages.slice(-SHOWN_MESSAGES).map(shownMessage),
});
