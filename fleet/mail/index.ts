/** Mail: its server, the queue, and what meetings and accounts send. */
export { queueAccountMail } from './account-mails.ts';
export { MailDelivery } from './mail-delivery.ts';
export { organisationWord } from './alert-words.ts';
export { giveUpWaiting, mailStatesOf, supersede, withdrawMinutes } from './mail-queue.ts';
export { readMailSettings } from './mail-settings.ts';
export type { AlertMailMessage } from './message.ts';
export { queueMentionMail } from './mention-mails.ts';
export { type ChangedOfRepetition, type LeavingPerson, MeetingMails } from './meeting-mails.ts';
