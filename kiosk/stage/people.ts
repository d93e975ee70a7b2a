/**
 * From a call's state to what the stage draws: one object per person, the same one as long as nothing of that person
 * changed, so that a level or a name elsewhere draws no other tile again.
 */
import type { MicrophoneState, Participant } from '#contract/room-state.ts';
import type { StreamsByPeer } from '#call/remote-streams.ts';
import type { Sound } from './remote-audio.tsx';
import type { StagePerson } from './stage-person.ts';

export type PeopleSource = {
  participants: readonly Participant[];
  streams: StreamsByPeer;
  selfPeerId: string | null;
  /** this client's own camera; null: off or absent */
  ownCamera: MediaStream | null;
  /** the client's own state of it, shown before the node knows it. null: as the node has it */
  ownMicrophone?: MicrophoneState | null;
  /** the room's own share, which it sees itself: a laptop on its HDMI input. A person never sees their own screen */
  ownScreen?: MediaStream | null;
};

/** Remembers the last people; one of these per page. */
export class People {
  #last: readonly StagePerson[] = [];

  follow({
    participants,
    streams,
    selfPeerId,
    ownCamera,
    ownMicrophone = null,
    ownScreen = null,
  }: PeopleSource): readonly StagePerson[] {
    const before = new Map(this.#last.map((person) => [person.peerId, person]));
    const next = participants.filter(hasPicture).map((participant): StagePerson => {
      const own = participant.peerId === selfPeerId;
      const remote = streams.get(participant.peerId);
      const person: StagePerson = {
        ...participant,
        cameraStream: own ? ownCamera : (remote?.camera?.stream ?? null),
        screenStream: own ? ownScreen : (remote?.screen?.stream ?? null),
      };
      if (own && ownMicrophone !== null) person.microphone = ownMicrophone;
      // one's own camera is shown before the node knows it
      if (own) person.camera = ownCamera !== null ? 'on' : participant.camera === 'on' ? 'off' : participant.camera;
      const known = before.get(participant.peerId);
      return known !== undefined && alike(known, person) ? known : person;
    });
    const unchanged = next.length === this.#last.length && next.every((person, index) => person === this.#last[index]);
    if (!unchanged) this.#last = next;
    return this.#last;
  }
}

/** A program is in the call, and has no place on the stage: it shows the stage itself. */
export const hasPicture = ({ peerKind }: Pick<Participant, 'peerKind'>): boolean => peerKind !== 'program';

function alike(a: StagePerson, b: StagePerson): boolean {
  return (Object.keys(b) as (keyof StagePerson)[]).every((key) => a[key] === b[key]);
}

/**
 * The people on the stage before one is in: oneself, and the senders of the negotiated pictures. Known by their
 * ids alone, so it is drawn out of sight; the first roster gives the same tiles their names.
 */
export function peopleAhead(streams: StreamsByPeer, selfPeerId: string): Participant[] {
  const nameless = (peerId: string, camera: boolean, sharesScreen: boolean): Participant => ({
    peerId,
    displayName: '…',
    peerKind: 'person',
    microphone: 'on',
    camera: camera ? 'on' : 'off',
    sharesScreen,
    role: 'member',
    isGuest: false,
    organisation: null,
    handRaisedAtMs: null,
    staysMuted: false,
    connection: 'connected',
  });
  const others = [...streams].map(([peerId, { camera, screen }]) =>
    nameless(peerId, camera !== undefined, screen !== undefined),
  );
  return [...others.filter(({ peerId }) => peerId !== selfPeerId), nameless(selfPeerId, false, false)];
}

/** Every stream with sound in it, under a name that stays. */
export function soundsOf(streams: StreamsByPeer, ownScreen: MediaStream | null = null): Sound[] {
  const sounds: Sound[] = [];
  // a laptop that is plugged into the room is heard in the room
  if (ownScreen !== null && ownScreen.getAudioTracks().length > 0)
    sounds.push({ key: 'own-screen', stream: ownScreen });
  for (const [peerId, { microphone, 'screen-audio': screenAudio }] of streams) {
    if (microphone !== undefined) sounds.push({ key: `${peerId}:microphone`, stream: microphone.stream });
    if (screenAudio !== undefined) sounds.push({ key: `${peerId}:screen-audio`, stream: screenAudio.stream });
  }
  return sounds;
}
