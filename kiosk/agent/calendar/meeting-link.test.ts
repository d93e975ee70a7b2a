import { describe, expect, it, test } from 'vitest';
import { linksIn, meetingLinkOf } from './meeting-link.ts';

const FLEET = 'https://maru.example.com';
const INVITE = 'eyJhbGciOiJFZERTQSJ9.eyJqdGkiOiJ4In0.c2ln_bmF-0dXJl'.replace('~', '-');
const OURS = `${FLEET}/join#${INVITE}`;
const of = (...texts: string[]) => meetingLinkOf(linksIn(texts), FLEET);

describe('a link to one of our meetings', () => {
  test.each<[string, string]>([
    ['alone', OURS],
    ['in a sentence', `Join here: ${OURS}. See you!`],
    ['in brackets', `(${OURS})`],
    ['in HTML', `<a href="${OURS}">Join</a>`],
    ['at the end of a line of many', `Room 3\nhttps://example.org/map\n${OURS}\n`],
    ['with a slash', `${FLEET}/join/#${INVITE}`],
    [
      'wrapped by Outlook',
      `https://eur01.safelinks.protection.outlook.com/?url=${encodeURIComponent(OURS)}&data=05&reserved=0`,
    ],
    [
      'wrapped by Outlook, as HTML',
      `https://eur01.safelinks.protection.outlook.com/?data=05&amp;url=${encodeURIComponent(OURS)}&amp;reserved=0`,
    ],
    ['wrapped by Google', `https://www.google.com/url?q=${encodeURIComponent(OURS)}&sa=D`],
    ['with capitals in its host', OURS.replace('maru.example.com', 'Maru.Example.COM')],
    ['beside another system', `https://example.zoom.us/j/1 or ${OURS}`],
  ])('%s', (_what, text) => {
    expect(of(text)).toEqual({ link: 'ours', invite: INVITE });
  });

  test.each<[string, string]>([
    ['of another fleet', `https://maru.example.org/join#${INVITE}`],
    ['of a host that only begins like ours', `https://maru.example.com.evil.example/join#${INVITE}`],
    ['with our name as its user', `https://maru.example.com@evil.example/join#${INVITE}`],
    ['in the open', OURS.replace('https', 'http')],
    ['at another port', `https://maru.example.com:8443/join#${INVITE}`],
    ['without an invite', `${FLEET}/join`],
    ['with something else behind it', `${FLEET}/join#hello`],
    ['another page of ours', `${FLEET}/control#${INVITE}`],
    ['too long to be one', `${FLEET}/join#${'a'.repeat(4200)}.b1.c1`],
    ['nothing', ''],
  ])('%s is none', (_what, text) => {
    expect(of(text)).toEqual({ link: 'none', invite: null });
  });

  it('is nobody’s while our own address is not known', () => {
    expect(meetingLinkOf(linksIn([OURS]), null)).toEqual({ link: 'none', invite: null });
  });
});

test.each([
  'https://us02web.zoom.us/j/123?pwd=x',
  'https://teams.microsoft.com/l/meetup-join/19%3ameeting',
  'https://teams.live.com/meet/1',
  'https://example.webex.com/meet/mina',
  'https://meet.google.com/abc-defg-hij',
  'https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fteams.microsoft.com%2Fl%2F1&data=0',
])("%s is another system's", (link) => {
  expect(of(`Join: ${link}`)).toEqual({ link: 'foreign', invite: null });
});
test.each([
  'https://notzoom.us/j/1',
  'https://zoom.us.example.org/j/1',
  'https://example.org/?next=https://zoom.us/j/1',
  'zoom',
])('%s is nobody’s that we know', (link) => {
  expect(of(link).link).toBe('none');
});

it('a text of a megabyte and a thousand links are looked through so far and no further', () => {
  expect(linksIn([`${'x'.repeat(1e6)} ${OURS}`])).toEqual([]);
  expect(
    linksIn([
      'https://example.org/a '.repeat(2000),
      ...Array.from({ length: 1000 }, (_, i) => `https://example.org/${i}`),
    ]),
  ).toHaveLength(16);
});
