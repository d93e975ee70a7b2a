/** Makes a mail of what a queued one holds: in Korean and English, as text, HTML and a calendar part. Pure. */
import type { SendMailOptions } from 'nodemailer';
import { markdownWords } from '#contract/minutes-markdown.ts';
import { cutText, shownText } from '#contract/shown-text.ts';
import { calendarOf, repeatedCalendarOf } from './calendar-part.ts';
import { alertWords } from './alert-words.ts';
import type { AlertMailMessage, MailMessage, MeetingMessage, MentionMessage, RepetitionFacts } from './message.ts';
import { accountWords, joinWords, meetingWords, mentionWords, minutesWords, repetitionWords } from './words.ts';

const MAX_NAME = { units: 100, bytes: 400 };
/** One line of what people typed, as headers bear it. */
const line = (text: string): string => cutText(shownText(text), MAX_NAME);

/**
 * @param joinUrl of a meeting's mail; null: nothing is joined by it, or it is about several
 * @param joinUrls of a mail about meetings that repeat, by meeting; one that is left out has none any more
 * @param pdf of minutes; null: there is none
 */
export function mailOf(
  message: Exclude<MailMessage, MentionMessage>,
  {
    from,
    joinUrl,
    joinUrls = new Map(),
    pdf = null,
  }: { from: string; joinUrl: string | null; joinUrls?: ReadonlyMap<string, string>; pdf?: Buffer | null },
): SendMailOptions {
  const to = { name: line(message.to.name), address: message.to.address };
  const envelope = { from, to: [to.address] };
  if (message.about === 'account') {
    const { subject, lines, button } = accountWords(to.name);
    const content = bodyOf(lines, { label: button, url: message.inviteUrl }, []);
    return { envelope, to, from: { name: 'Maru', address: from }, subject, ...content };
  }
  if (message.about === 'minutes') {
    const [title, hostName] = [line(message.title), line(message.hostName)];
    const { subject, lines, fileName } = minutesWords({ title, hostName, language: message.language });
    return {
      envelope,
      to,
      from: { name: hostName || 'Maru', address: from },
      subject,
      ...bodyOf([...lines, '', ...markdownWords(message.text)], null, []),
      attachments: [
        ...(pdf === null ? [] : [{ filename: `${fileName}.pdf`, contentType: 'application/pdf', content: pdf }]),
        { filename: `${fileName}.md`, contentType: 'text/markdown; charset=utf-8', content: message.text },
      ],
    };
  }
  const facts = { ...message, title: line(message.title), hostName: line(message.hostName) };
  if (message.repetition) return repeatedMailOf(facts, message.repetition, { from, joinUrls });
  const { subject, lines } = meetingWords(facts);
  const small = joinUrl !== null && message.inviteId !== null ? joinWords.forOnePerson(to.name) : [];
  const content = bodyOf(lines, joinUrl === null ? null : { label: joinWords.button, url: joinUrl }, small);
  return {
    envelope,
    to,
    from: { name: facts.hostName || 'Maru', address: from },
    subject,
    ...content,
    ...(message.calendar && {
      icalEvent: {
        method: message.calendar.method,
        filename: 'invite.ics',
        content: calendarOf({
          ...message.calendar,
          uid: message.entry?.uid ?? message.meetingId,
          ...(message.entry &&
            message.entry.occurrenceAtMs !== null && {
              occurrence: { atMs: message.entry.occurrenceAtMs, timeZone: message.entry.timeZone },
            }),
          sequence: message.sequence,
          title: facts.title,
          location: message.roomNames.map(line).join(', '),
          url: joinUrl,
          organizer: { name: facts.hostName, address: from },
          attendee: to,
        }),
      },
    }),
  };
}

/** One mail about meetings that repeat: each with its day and its own link. */
function repeatedMailOf(
  message: MeetingMessage,
  repetition: RepetitionFacts,
  { from, joinUrls }: { from: string; joinUrls: ReadonlyMap<string, string> },
): SendMailOptions {
  const to = { name: line(message.to.name), address: message.to.address };
  const { subject, lines, dates } = repetitionWords(message, repetition);
  const occurrences = repetition.occurrences.map(({ title, roomNames, ...each }) => ({
    ...each,
    ...(title !== undefined && { title: line(title) }),
    ...(roomNames !== undefined && { location: roomNames.map(line).join(', ') }),
  }));
  const links = occurrences.map(({ meetingId, title = '', location = '' }, index) => ({
    label: [dates[index]!, title, location].filter((words) => words !== '').join(' · '),
    url: joinUrls.get(meetingId) ?? null,
  }));
  const isGuest = occurrences.some(({ inviteId }) => inviteId !== null);
  const small = isGuest && joinUrls.size > 0 ? joinWords.forOnePerson(to.name) : [];
  return {
    envelope: { from, to: [to.address] },
    to,
    from: { name: message.hostName || 'Maru', address: from },
    subject,
    ...bodyOf(lines, null, small, links),
    ...(message.calendar && {
      icalEvent: {
        method: 'REQUEST',
        filename: 'invite.ics',
        content: repeatedCalendarOf({
          ...repetition,
          occurrences,
          uid: message.entry?.uid ?? message.meetingId,
          sequence: message.sequence,
          title: message.title,
          location: message.roomNames.map(line).join(', '),
          organizer: { name: message.hostName, address: from },
          attendee: to,
          description: links.flatMap(({ label, url }) => [label, ...(url === null ? [] : [url])]).join('\n'),
        }),
      },
    }),
  };
}

/** @param meetings at least one, the newest first; the link opens it, or of several the page that lists them */
export function mentionMailOf(
  message: MentionMessage,
  {
    from,
    url,
    meetings,
  }: { from: string; url: string; meetings: readonly { title: string; names: readonly (string | null)[] }[] },
): SendMailOptions {
  const to = { name: line(message.to.name), address: message.to.address };
  const shown = meetings.map(({ title, names }) => ({
    title: line(title),
    names: names.map((name) => name && line(name)),
  }));
  const { subject, lines, button, small } = mentionWords(shown, message.language);
  return {
    envelope: { from, to: [to.address] },
    to,
    from: { name: 'Maru', address: from },
    subject,
    headers: { 'auto-submitted': 'auto-generated' },
    ...bodyOf(lines, { label: button, url }, small),
  };
}

/** In the language of its target. */
export function alertMailOf(message: AlertMailMessage, { from }: { from: string }): SendMailOptions {
  const to = { name: line(message.to.name), address: message.to.address };
  const alerts = message.alerts.map((alert) => ({ ...alert, where: alert.where === null ? null : line(alert.where) }));
  const { subject, lines, button } = alertWords({ ...message, alerts });
  return {
    envelope: { from, to: [to.address] },
    to,
    from: { name: 'Maru', address: from },
    subject,
    // programs answer no mail that says so (RFC 3834, 5)
    headers: { 'auto-submitted': 'auto-generated' },
    ...bodyOf(lines, { label: button, url: message.consoleUrl }, []),
  };
}

type Button = { label: string; url: string };
/** `url` null: there is none */
type Link = { label: string; url: string | null };

function bodyOf(
  lines: readonly string[],
  button: Button | null,
  small: readonly string[],
  links: readonly Link[] = [],
) {
  const text = [
    ...lines,
    ...links.flatMap(({ label, url }) => ['', label, ...(url === null ? [] : [url])]),
    ...(button ? ['', `${button.label}:`, button.url] : []),
    ...(small.length ? ['', ...small] : []),
  ];
  const paragraph = (style: string) => (each: string) =>
    each === '' ? '<br>' : `<p style="margin:0 0 4px;${style}">${escaped(each)}</p>`;
  const html = [
    '<!doctype html><html><body style="font:16px/1.5 sans-serif;color:#1b1b1f">',
    ...lines.map(paragraph('')),
    ...links.map(({ label, url }) =>
      url === null
        ? paragraph('')(label)
        : `<p style="margin:0 0 4px"><a href="${escaped(url)}" style="color:#1f4fd8">${escaped(label)}</a></p>`,
    ),
    button &&
      `<p style="margin:16px 0"><a href="${escaped(button.url)}" style="background:#1f4fd8;color:#fff;padding:10px 18px;border-radius:8px;text-decoration:none">${escaped(button.label)}</a></p>`,
    ...small.map(paragraph('font-size:13px;color:#55555d')),
    '</body></html>',
  ];
  return { text: `${text.join('\n')}\n`, html: html.filter((each) => each !== null).join('\n') };
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => ENTITIES[sign]!);
