import { describe, expect, it } from 'vitest';
import { participantUnderTest } from '#contract/participant-under-test.ts';
import type { Participant } from '#contract/room-state.ts';
import type { StreamsByPeer } from '#call/remote-streams.ts';
import { People, peopleAhead, soundsOf } from './people.ts';

const participant = (peerId: string, over: Partial<Participant> = {}) =>
  participantUnderTest({ peerId, displayName: peerId, ...over });
const stream = (name: string) => ({ name }) as unknown as MediaStream;
const live = (name: string) => ({ stream: stream(name), state: 'live' as const });

describe('people for the stage', () => {
  it('are the same objects as long as nothing of them changed', () => {
    const people = new People();
    const streams: StreamsByPeer = new Map([['a', { camera: live('a') }]]);
    const source = { participants: [participant('a'), participant('b')], streams, selfPeerId: null, ownCamera: null };
    const first = people.follow(source);
    expect(people.follow({ ...source, participants: [participant('a'), participant('b')] })).toBe(first);
    const second = people.follow({
      ...source,
      participants: [participant('a'), participant('b', { microphone: 'muted' })],
    });
    expect(second).not.toBe(first);
    expect(second[0]).toBe(first[0]);
    expect(second[1]).toMatchObject({ peerId: 'b', microphone: 'muted' });
  });

  it('leave out a program, which shows the stage itself', () => {
    const participants = [participant('a'), participant('broadcast', { peerKind: 'program' })];
    const source = { participants, streams: new Map(), selfPeerId: null, ownCamera: null };
    expect(new People().follow(source).map(({ peerId }) => peerId)).toEqual(['a']);
  });

  it('show this client’s own camera, whatever the node has heard so far', () => {
    const own = stream('own');
    const self = (camera: Participant['camera'], ownCamera: MediaStream | null) =>
      new People().follow({
        participants: [participant('me', { camera })],
        streams: new Map(),
        selfPeerId: 'me',
        ownCamera,
      })[0];
    expect(self('off', own)).toMatchObject({ camera: 'on', cameraStream: own });
    expect(self('on', null)).toMatchObject({ camera: 'off', cameraStream: null });
    expect(self('absent', null)).toMatchObject({ camera: 'absent' });
  });

  it('show this client’s own microphone as it is, where the page says so', () => {
    const self = (ownMicrophone?: Participant['microphone'] | null) =>
      new People().follow({
        participants: [participant('me'), participant('other')],
        streams: new Map(),
        selfPeerId: 'me',
        ownCamera: null,
        ownMicrophone,
      });
    expect(self('muted').map(({ microphone }) => microphone)).toEqual(['muted', 'on']);
    expect([self(null)[0], self()[0]]).toMatchObject([{ microphone: 'on' }, { microphone: 'on' }]);
  });

  it('see what they share themselves where the page says so, and never by default', () => {
    const ownScreen = stream('laptop');
    const source = {
      participants: [participant('me', { sharesScreen: true })],
      streams: new Map(),
      selfPeerId: 'me',
      ownCamera: null,
    };
    expect(new People().follow(source)[0]).toMatchObject({ screenStream: null });
    expect(new People().follow({ ...source, ownScreen })[0]).toMatchObject({ screenStream: ownScreen });
  });

  it('hear a laptop that is plugged into the room', () => {
    const withTracks = (count: number) =>
      ({ getAudioTracks: () => Array.from({ length: count }) }) as unknown as MediaStream;
    expect(soundsOf(new Map(), withTracks(1)).map(({ key }) => key)).toEqual(['own-screen']);
    expect(soundsOf(new Map(), withTracks(0))).toEqual([]);
  });

  it('are heard by every stream with sound, and by no other', () => {
    const streams: StreamsByPeer = new Map([
      ['a', { camera: live('a'), microphone: live('a-voice') }],
      ['b', { screen: live('b'), 'screen-audio': live('b-film') }],
    ]);
    expect(soundsOf(streams).map(({ key }) => key)).toEqual(['a:microphone', 'b:screen-audio']);
  });
});

describe('people before one is in', () => {
  it('are those whose media is negotiated and oneself, without a name, under the ids that the roster will have', () => {
    const streams: StreamsByPeer = new Map([
      ['a', { camera: live('a') }],
      ['b', { microphone: live('b'), screen: live('b') }],
    ]);
    const ahead = peopleAhead(streams, 'me');
    expect(ahead).toMatchObject([
      { peerId: 'a', camera: 'on', sharesScreen: false },
      { peerId: 'b', camera: 'off', sharesScreen: true },
      { peerId: 'me', camera: 'off', sharesScreen: false },
    ]);
    expect(ahead.every(({ displayName }) => displayName === '…')).toBe(true);
  });

  it('are who they were once their names come: the same stream in the same place', () => {
    const people = new People();
    const streams: StreamsByPeer = new Map([['a', { camera: live('a') }]]);
    const own = stream('own');
    const before = people.follow({
      participants: peopleAhead(streams, 'me'),
      streams,
      selfPeerId: 'me',
      ownCamera: own,
    });
    const after = people.follow({
      participants: [participant('a'), participant('me')],
      streams,
      selfPeerId: 'me',
      ownCamera: own,
    });
    expect(after.map(({ peerId, cameraStream }) => [peerId, cameraStream])).toEqual(
      before.map(({ peerId, cameraStream }) => [peerId, cameraStream]),
    );
  });
});
