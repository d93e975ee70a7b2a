/** The calendar as a part of the agent: publishes the agenda, owns the commands for bookings. */
import type { PartDeclaration } from '../parts/part.ts';
import { calendarAccountOf } from '#contract/settings/calendar-account-of.ts';
import { keptValue } from '../store/kept-value.ts';
import type { ErrorCode } from '#contract/error-codes.ts';
import { MeetingOfRoom } from '#contract/room-meetings.ts';
import { z } from '#contract/schema.ts';
import { RememberedAgenda } from './agenda-memory.ts';
import { Calendar } from './calendar.ts';
import { KeptEntries } from './meeting-entries.ts';

export const calendarPart: PartDeclaration = {
  name: 'calendar',
  make: (host) => {
    const remembered = keptValue(host.store, 'agenda', RememberedAgenda);
    const keptEntries = keptValue(host.store, 'meeting-entries', KeptEntries);
    /** why meetings do not get into the calendar */
    let entryFault: ErrorCode | null = null;
    const keptMeetings = keptValue(host.store, 'meetings', z.array(MeetingOfRoom));
    const publish = (): void => {
      const { agenda } = calendar;
      const isFaulty = agenda.calendar.state === 'faulty' || entryFault !== null;
      host.reportNotices(isFaulty ? ['calendar-faulty'] : []);
      host.publish('agenda', agenda);
    };
    const calendar: Calendar = new Calendar({
      logger: host.logger,
      settings: calendarAccountOf(host.settings.value('calendar')),
      fleetOrigin: host.fleetOrigin,
      memory: { load: () => remembered.load() ?? { bookings: [] }, save: (value) => remembered.save(value) },
      entryMemory: { load: () => keptEntries.load(), save: (value) => keptEntries.save(value) },
      onAgenda: publish,
      onInvited: (bookings) => host.publish('bookings', bookings),
      onEntryFault: (code) => {
        if (code !== null && code !== entryFault) host.record({ name: 'device-faulty', device: 'calendar', code });
        entryFault = code;
        publish();
      },
      onEvent: host.record,
      listenForSound: (forMs) => host.perform({ name: 'listen-for-sound', forMs }),
      onSelfTestDue: () => host.notify('booking-soon', null),
    });
    const handle = calendar.handle.bind(calendar);
    return {
      start: () => {
        publish();
        // the fleet may be away for a while
        const known = keptMeetings.load();
        if (known) calendar.setMeetings(known);
        calendar.start();
      },
      stop: () => calendar.stop(),
      follow: (room) => calendar.follow(room),
      bookingOf: (bookingId) => calendar.bookingOf(bookingId),
      commands: { 'check-in': handle, 'restore-booking': handle, 'extend-booking': handle, 'end-booking': handle },
      // another account or other rules; what is remembered of bookings stays
      settings: { calendar: 'by-restart' },
      reports: { 'sound-heard': () => calendar.onSoundHeard() },
      occasions: {
        presence: () => calendar.onPresence(),
        meetings: (meetings) => {
          keptMeetings.save([...meetings]);
          calendar.setMeetings(meetings);
        },
      },
    };
  },
};
