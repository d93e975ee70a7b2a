/** Types only: makes `useTranslation('remote')` know the keys of words/en/remote.ts. Nothing here reaches a page. */
import 'i18next';
import type audit from './en/audit.ts';
import type bookings from './en/bookings.ts';
import type common from './en/common.ts';
import type consoleWords from './en/console.ts';
import type devices from './en/devices.ts';
import type documents from './en/documents.ts';
import type errors from './en/errors.ts';
import type join from './en/join.ts';
import type meeting from './en/meeting.ts';
import type notices from './en/notices.ts';
import type people from './en/people.ts';
import type remote from './en/remote.ts';
import type share from './en/share.ts';
import type signIn from './en/sign-in.ts';
import type screen from './en/screen.ts';
import type staff from './en/staff.ts';
import type stage from './en/stage.ts';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'common';
    returnNull: false;
    resources: {
      audit: typeof audit;
      bookings: typeof bookings;
      common: typeof common;
      console: typeof consoleWords;
      devices: typeof devices;
      documents: typeof documents;
      errors: typeof errors;
      join: typeof join;
      meeting: typeof meeting;
      notices: typeof notices;
      people: typeof people;
      remote: typeof remote;
      'sign-in': typeof signIn;
      screen: typeof screen;
      share: typeof share;
      staff: typeof staff;
      stage: typeof stage;
    };
  }
}
