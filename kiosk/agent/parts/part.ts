/**
 * What a part of the agent is, and what it is given. A part owns one thing of the box (calendar, TV, speakerphone) and
 * imports no other part: what it needs of the room it finds in its host, which is the same for all.
 */
import type { Logger } from 'pino';
import type { ErrorCode } from '#contract/error-codes.ts';
import type { CallGrant, DocumentAccess } from '#contract/grants.ts';
import type { Viewing } from '#contract/live-delivery.ts';
import type { ProjectionName } from '#contract/projections.ts';
import type { ProjectionContent } from '#contract/relayed-projections.ts';
import type { OfferedBroadcast } from '#contract/room-broadcasts.ts';
import type { RoomCommand, RoomCommandName } from '#contract/room-command.ts';
import type { MeetingOfRoom } from '#contract/room-meetings.ts';
import type { RoomNotice, RoomState, RosterUpdate } from '#contract/room-state.ts';
import type { ScreenEffect } from '#contract/screen-link.ts';
import type { SectionName, SectionValues } from '#contract/settings/all-settings.ts';
import type { HelpOfRoom } from '#contract/help-request.ts';
import type { ActionOrder } from '#contract/room-action.ts';
import type { RoomUpdateDesired } from '#contract/room-update.ts';
import type { RoomDesired } from '#contract/topics.ts';
import type { WallClock } from '#edge/wall-clock.ts';
import type { PartReport } from '../../room/room.ts';
import type { StartableBooking } from '../grant-requests.ts';
import type { PairingCodes } from '../pairing-codes.ts';
import type { Projections } from '../projections.ts';
import type { LanCommand, Reply } from '../room-authority.ts';
import type { RoomEventDraft } from '../room-event-outbox.ts';
import type { KioskSettings } from '../settings/kiosk-settings.ts';
import type { RoomStore } from '../store/room-store.ts';

/** What more than one part may handle; a part that starts later gets the last of those in `LASTING`. */
export type Occasions = {
  /** a person is in the room: a phone has read the code off the TV, a hand was at a device */
  presence: null;
  /** a booking begins soon: time to test what it needs */
  'booking-soon': null;
  'screen-connected': null;
  /** the page on the TV; null: none is there */
  screen: { screenId: string; userAgent: string | null } | null;
  /** it has drawn a frame: each second */
  'screen-alive': { showsNothing: boolean; heapBytes: number | null };
  /** it is about to load itself anew, because somebody wants it to */
  'screen-restart-asked': null;
  /** camera, microphone and speaker of the idle room have not been tested for long */
  'check-up-due': null;
  desired: RoomDesired;
  /** that people made for the room, all of them */
  meetings: readonly MeetingOfRoom[];
  /** where this room's calls may run */
  'media-nodes': readonly string[];
  roster: RosterUpdate;
  /** outside of a call the TV shows a document */
  'document-on-tv': boolean;
  /** that the fleet offers to this room, all of them */
  'offered-broadcasts': readonly OfferedBroadcast[];
  /** outside of a call the TV shows a broadcast, and why; null: none */
  'broadcast-on-tv': 'by-tap' | 'by-itself' | null;
  /** IT asks something of this room, or stops it */
  'action-order': ActionOrder;
  /** the room's request for help, as the fleet has it */
  'help-of-room': HelpOfRoom;
  'fleet-online': boolean;
  /** the software that the room is to run */
  'desired-update': RoomUpdateDesired;
};
export type Occasion = keyof Occasions;
export const LASTING: readonly Occasion[] = [
  'desired',
  'meetings',
  'media-nodes',
  'screen-connected',
  'screen',
  'document-on-tv',
  'offered-broadcasts',
  'broadcast-on-tv',
  'help-of-room',
  'fleet-online',
  'desired-update',
];

export type Part = {
  /** A throw or a rejection: the part alone is made and started again, later. */
  start: () => void | Promise<void>;
  /** Also after a start that failed. */
  stop: () => void | Promise<void>;
  /** The room, after the start and after each of its changes. */
  follow?: (room: RoomState) => void;
  /** The commands that it owns. Null: done. */
  commands?: {
    [N in RoomCommandName]?: (command: Extract<RoomCommand, { name: N }>) => Promise<ErrorCode | null>;
  };
  /** The reports of the room's screen that it owns. */
  reports?: {
    [T in PartReport['type']]?: (report: Extract<PartReport, { type: T }>) => void;
  };
  /** Its sections, which it reads at its start from `host.settings`: how a change is applied. */
  settings?: { [N in SectionName]?: 'by-restart' | ((values: SectionValues<N>) => void) };
  occasions?: { [O in Occasion]?: (value: Occasions[O]) => void };
  /** Null: it is not in the agenda any longer. */
  bookingOf?: (bookingId: string) => StartableBooking | null;
};

/** `make` is called for each start, so that a part that failed begins afresh. */
export type PartDeclaration = { name: string; make: (host: Host) => Part };

/** What main.ts gives to all parts. */
export type HostServices = {
  logger: Logger;
  clock: WallClock;
  settings: Pick<KioskSettings, 'value' | 'lan'>;
  store: RoomStore;
  codes: Pick<PairingCodes, 'redeem'>;
  projections: Pick<Projections, 'valueOf' | 'valuesFor' | 'follow'>;
  publish: <N extends ProjectionName>(name: N, content: ProjectionContent<N>) => void;
  /** its own fields of a projection that several parts share */
  publishFields: <N extends ProjectionName>(name: N, fields: Partial<ProjectionContent<N>>) => void;
  isFleetOnline: () => boolean;
  /** e.g. `https://maru.example.com`; null: not known yet */
  fleetOrigin: () => string | null;
  /** PEM */
  fleetCa: () => string;
  /** PEM, of the room's kiosk */
  certificate: () => string;
  /**
   * The line to the fleet: its broker; our clock less the fleet's, null: not known yet; the last round trip, null: none, or
   * the line is down.
   */
  fleetLine: () => { mqttUrl: string; clockOffMs: number | null; roundTripMs: number | null };
  /** for a look at the media ports; null: none is to be had */
  requestTestGrant: () => Promise<CallGrant | null>;
  /** to the documents of the call's meeting, or without one of the room's own; null: there are none, or the fleet is away */
  requestDocumentAccess: (callId: string | null) => Promise<DocumentAccess | null>;
  /** lets the page at a broadcast; a code: refused, null: no answer */
  requestViewing: (broadcastId: string) => Promise<Viewing | ErrorCode | null>;
  /** a wish of a person at a device; nobody waits for the answer */
  ask: (command: RoomCommand) => void;
  /** a command of a controller that the part has let in */
  onLanCommand: (order: LanCommand, reply: Reply) => void;
  /** false: no screen is there */
  perform: (effect: ScreenEffect) => boolean;
  /** an event for the fleet */
  record: (draft: RoomEventDraft) => void;
};

export type Host = HostServices & {
  /** the part's fault, as a notice and an event; null: it is well */
  reportFault: (code: ErrorCode | null) => void;
  /** the part's notices, all of them, where it records its events itself */
  reportNotices: (notices: readonly RoomNotice[]) => void;
  notify: <O extends Occasion>(occasion: O, value: Occasions[O]) => void;
};
