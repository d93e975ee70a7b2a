import { expect, test } from 'vitest';
import { brokerOf, type TopicName, topicOf, topicRules } from '#contract/topics.ts';
import { newId } from '../store/index.ts';
import { type ClientIdentity, parseClientIdentity, publishable, readable } from './topic-access.ts';

const [room, otherRoom, node] = [newId(), newId(), newId()];
const parties: ClientIdentity[] = [
  { party: 'room', id: room },
  { party: 'node', id: node },
];
const names = Object.keys(topicRules) as TopicName[];

test.each(names.flatMap((name) => parties.map((who) => [name, who] as const)))(
  "%s by %o: as the table says, and never another one's",
  (name, who) => {
    const rule = topicRules[name];
    const topic = topicOf(name, who.id);
    const readers: readonly string[] = rule.readers;
    expect(publishable(who, { topic, qos: rule.qos, retain: rule.retained }) !== null).toBe(rule.writer === who.party);
    expect(readable(who, topic) !== null).toBe(readers.includes(who.party));
    if (!rule.pattern.includes('{id}')) return;
    expect(publishable(who, { topic: topicOf(name, otherRoom), qos: rule.qos, retain: rule.retained })).toBeNull();
    expect(readable(who, topicOf(name, otherRoom))).toBeNull();
    for (const wild of ['+', '#']) expect(readable(who, topicOf(name, wild))).toBeNull();
  },
);

test('what is not in the table is denied', () => {
  for (const topic of [
    '#',
    '+/+',
    'maru/1/#',
    '$SYS/x',
    `maru/1/rooms/${room}/state/deeper`,
    `maru/2/rooms/${room}/state`,
    '',
  ]) {
    expect(publishable(parties[0]!, { topic, qos: 0, retain: false })).toBeNull();
    expect(readable(parties[0]!, topic)).toBeNull();
  }
});

test('a command-like topic is never retained, and QoS 2 is not spoken', () => {
  expect(publishable(parties[0]!, { topic: topicOf('commandReply', room), qos: 1, retain: true })).toBeNull();
  expect(publishable(parties[0]!, { topic: topicOf('state', room), qos: 2, retain: true })).toBeNull();
});

test('only a common name of ours is an identity', () => {
  expect(parseClientIdentity(`room:${room}`)).toEqual({ party: 'room', id: room });
  for (const name of [
    room,
    `fleet:${room}`,
    'room:',
    'room:+',
    `room:${room}/x`,
    `ROOM:${room}`,
    undefined,
    [`room:${room}`],
  ])
    expect(parseClientIdentity(name)).toBeNull();
});

test.each([
  ['mqtts://maru.example.org:7402', 'maru.example.org', 7402],
  ['mqtts://[2001:db8::1]:7402', '2001:db8::1', 7402],
  ['mqtts://192.0.2.10', '192.0.2.10', 8883],
])('%s is a broker at %s, port %i', (url, host, port) => {
  expect(brokerOf(url)).toEqual({ protocol: 'mqtts', host, port });
});
