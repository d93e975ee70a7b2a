/** Types only: makes `useTranslation('remote')` know the keys of words/en/remote.ts. Nothing here reaches a page. */
import 'i18next';
import type alerts from './en/alerts.ts';
import type audit from './en/audit.ts';
import type bookings from './en/bookings.ts';
import type broadcast from './en/broadcast.ts';
import type common from './en/common.ts';
import type consoleWords from './en/console.ts';
import type devices from './en/devices.ts';
import type documents from './en/documents.ts';
import type errors from './en/errors.ts';
import type help from './en/help.ts';
import type fleet from './en/fleet.ts';
import type helpdesk from './en/helpdesk.ts';
import type join from './en/join.ts';
import type meeting from './en/meeting.ts';
import type notes from './en/notes.ts';
import type notices from './en/notices.ts';
import type signals from './en/signals.ts';
import type people from './en/people.ts';
import type polls from './en/polls.ts';
import type program from './en/program.ts';
import type recordings from './en/recordings.ts';
import type remote from './en/remote.ts';
import type roomUpdate from './en/room-update.ts';
import type series from './en/series.ts';
import type settings from './en/settings.ts';
import type share from './en/share.ts';
import type signIn from './en/sign-in.ts';
import type screen from './en/screen.ts';
import type record from './en/record.ts';
import type staff from './en/staff.ts';
import type stage from './en/stage.ts';
import type transcript from './en/transcript.ts';
import type updates from './en/updates.ts';
import type watch from './en/watch.ts';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'common';
    returnNull: false;
    resources: {
      alerts: typeof alerts;
      audit: typeof audit;
      bookings: typeof bookings;
      broadcast: typeof broadcast;
      common: typeof common;
      console: typeof consoleWords;
      devices: typeof devices;
      documents: typeof documents;
      errors: typeof errors;
      help: typeof help;
      fleet: typeof fleet;
      helpdesk: typeof helpdesk;
      join: typeof join;
      meeting: typeof meeting;
      notes: typeof notes;
      notices: typeof notices;
      signals: typeof signals;
      people: typeof people;
      polls: typeof polls;
      program: typeof program;
      recordings: typeof recordings;
      remote: typeof remote;
      'room-update': typeof roomUpdate;
      'sign-in': typeof signIn;
      screen: typeof screen;
      series: typeof series;
      settings: typeof settings;
      share: typeof share;
      record: typeof record;
      staff: typeof staff;
      stage: typeof stage;
      transcript: typeof transcript;
      updates: typeof updates;
      watch: typeof watch;
    };
  }
}
