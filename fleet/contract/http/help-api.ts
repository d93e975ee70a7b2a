/** Help from afar: actions on rooms with their states, and requests of people in rooms with their answers. */
import { openWord } from '../open-words.ts';
import { HelpMessage, HelpState, HelpText, HelpTopic } from '../help-request.ts';
import { LogLines, RefusedAction, RoomAction, ShownAction } from '../room-action.ts';
import { KioskHealth } from '../kiosk-health.ts';
import { RoomEvent } from '../room-events.ts';
import { EpochMs, Id, z } from '../schema.ts';
import { pageRoute, permitted, type RouteTable } from './route.ts';

const RoomParams = z.object({ roomId: Id });
const ActionParams = RoomParams.extend({ actionId: Id });
const HelpParams = z.object({ helpId: Id });
const Empty = z.object({});

/** With what the room knew of itself at the moment of the call. */
export const HelpTicket = z.object({
  helpId: Id,
  roomId: Id,
  roomName: z.string(),
  placeId: Id.nullable(),
  topic: openWord(HelpTopic, 'other'),
  state: openWord(HelpState, 'sent'),
  calledAtMs: EpochMs,
  /** later than `calledAtMs` where the room had no server */
  receivedAtMs: EpochMs,
  seenBy: z.string().nullable(),
  closedAtMs: EpochMs.nullable(),
  messages: z.array(HelpMessage),
});
export type HelpTicket = z.infer<typeof HelpTicket>;
export const HelpTicketDetail = HelpTicket.extend({
  diagnostics: z.object({
    health: KioskHealth.nullable(),
    /** signals that were open then */
    signals: z.array(z.string()),
    phase: z.string(),
    recentEvents: z.array(RoomEvent),
  }),
});
export type HelpTicketDetail = z.infer<typeof HelpTicketDetail>;
export const HelpCounts = z.object({ open: z.number().int().nonnegative(), unseen: z.number().int().nonnegative() });

export const helpApi = {
  askRoomAction: {
    kind: 'json',
    method: 'POST',
    path: '/api/v1/rooms/:roomId/actions',
    access: permitted('rooms.help', 'room'),
    summary: 'Ask an action of a room; it is answered at once, and followed by its state',
    params: RoomParams,
    body: z.strictObject({ action: RoomAction }),
    response: ShownAction,
  },
  askActionOfRooms: {
    kind: 'json',
    method: 'POST',
    path: '/api/v1/room-actions',
    access: permitted('rooms.help', 'each-room'),
    summary: 'Ask the same of several rooms: each is begun or refused by itself',
    body: z.strictObject({
      roomIds: z.array(Id).min(1).max(500),
      action: RoomAction,
    }),
    response: z.object({ begun: z.array(ShownAction), refused: z.array(RefusedAction) }),
  },
  actionsSince: {
    kind: 'json',
    method: 'GET',
    path: '/api/v1/room-actions',
    access: permitted('rooms.help', 'each-room'),
    summary: 'Actions asked from this one on, the oldest 500: how those of several rooms go on',
    query: z.strictObject({ actionId: Id }),
    response: z.object({ actions: z.array(ShownAction) }),
  },
  listRoomActions: {
    ...pageRoute({ filter: {}, sorts: ['newest'], row: ShownAction, counts: z.object({}) }),
    path: '/api/v1/rooms/:roomId/actions',
    access: permitted('rooms.view', 'room'),
    summary: 'Actions on a room, the newest first',
    params: RoomParams,
  },
  roomActionChanges: {
    kind: 'events',
    method: 'GET',
    path: '/api/v1/rooms/:roomId/action-changes',
    access: permitted('rooms.help', 'room'),
    summary: 'Actions on a room as they go on, pictures that can be fetched, and lines of logs that are followed',
    params: RoomParams,
    events: { action: ShownAction, picture: z.object({ actionId: Id, atMs: EpochMs }), lines: LogLines },
  },
  stopRoomAction: {
    kind: 'json',
    method: 'DELETE',
    path: '/api/v1/rooms/:roomId/actions/:actionId',
    access: permitted('rooms.help', 'room'),
    summary: 'Stop an action that is under way',
    params: ActionParams,
    response: ShownAction,
  },
  roomActionFile: {
    kind: 'download',
    method: 'GET',
    path: '/api/v1/rooms/:roomId/actions/:actionId/file',
    access: permitted('rooms.help', 'room'),
    summary: 'The bundle of logs, or the newest picture of the screen; kept for an hour',
    params: ActionParams,
    contentTypes: ['application/gzip', 'image/jpeg'],
  },
  listHelp: {
    ...pageRoute({
      filter: { state: HelpState.optional(), roomId: Id.optional() },
      sorts: ['newest'],
      row: HelpTicket,
      counts: HelpCounts,
    }),
    path: '/api/v1/help-requests',
    access: permitted('rooms.help', 'each-room'),
    summary: 'Requests for help, the newest first',
  },
  helpChanges: {
    kind: 'events',
    method: 'GET',
    path: '/api/v1/help-request-changes',
    access: permitted('rooms.help', 'each-room'),
    summary: 'Requests for help as they come and change',
    events: {
      ready: z.object({ counts: HelpCounts }),
      changed: z.object({ tickets: z.array(HelpTicket), counts: HelpCounts }),
    },
  },
  helpTicket: {
    kind: 'json',
    method: 'GET',
    path: '/api/v1/help-requests/:helpId',
    access: permitted('rooms.help', 'each-room'),
    summary: 'One request with its diagnostics; the room is shown that it was seen',
    params: HelpParams,
    response: HelpTicketDetail,
  },
  answerHelp: {
    kind: 'json',
    method: 'POST',
    path: '/api/v1/help-requests/:helpId/messages',
    access: permitted('rooms.help', 'each-room'),
    summary: 'Answer in words: shown on the room’s phones, tablets and TV',
    params: HelpParams,
    body: z.strictObject({ text: HelpText.min(1) }),
    response: HelpTicket,
  },
  closeHelp: {
    kind: 'json',
    method: 'POST',
    path: '/api/v1/help-requests/:helpId/solution',
    access: permitted('rooms.help', 'each-room'),
    summary: 'It is solved',
    params: HelpParams,
    response: Empty,
  },
} as const satisfies RouteTable;
