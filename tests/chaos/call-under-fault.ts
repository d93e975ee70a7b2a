/**
 * The call that faults strike: the room's TV, a guest on the good network, one behind the tests' proxy, and a phone. Knows
 * who sees whom, and what a person would call "the same as before".
 */
import type { RoomState } from '#contract/room-state.ts';
import { NetworkProxy } from '../simulators/network/network-proxy.ts';
import type { Phone } from '../simulators/phone/phone.ts';
import type { Persona } from '../e2e/personas/persona.ts';
import type { Guest, PhonePage, Tv } from '../e2e/personas/roles.ts';
import { mediaOrigin } from '../e2e/product/media-metrics.ts';
import { Scene } from '../e2e/scene.ts';
import { readTvCode } from '../e2e/tv-code.ts';

export const MINA = { name: 'Mina', number: 1 } as const;
export const BO = { name: 'Bo', number: 2 } as const;

/** `viewer` sees `seen`. */
export type Pair = { viewer: string; seen: string };
export type Gap = Pair & { longestGapMs: number };

export class CallUnderFault {
  readonly scene: Scene;
  readonly tv: Tv;
  readonly mina: Guest;
  readonly bo: Guest;
  readonly phone: Phone;
  readonly phonePage: PhonePage;
  readonly network: NetworkProxy;
  readonly roomName: string;
  readonly mediaOrigin: string;

  private constructor(
    parts: Omit<CallUnderFault, 'viewers' | 'everyone' | 'pairs' | 'watch' | 'gaps' | 'standingStill' | 'close'>,
  ) {
    this.scene = parts.scene;
    this.tv = parts.tv;
    this.mina = parts.mina;
    this.bo = parts.bo;
    this.phone = parts.phone;
    this.phonePage = parts.phonePage;
    this.network = parts.network;
    this.roomName = parts.roomName;
    this.mediaOrigin = parts.mediaOrigin;
  }

  static async start(seed: number): Promise<CallUnderFault> {
    const scene = await Scene.start();
    try {
      const network = new NetworkProxy({ seed });
      const tv = await scene.tv();
      const roomName = await tv.roomName();
      const phone = await scene.observer();
      const phonePage = await scene.phoneByTypedCode(await readTvCode(tv, [scene.firstCode]));
      await phonePage.button('Start meeting').waitFor();
      await phone.command({ name: 'join-call' });
      await tv.stage.waitFor();
      const mina = await scene.guest(MINA.number);
      await mina.join(MINA.name);
      const bo = await scene.guest(BO.number, { network });
      await bo.join(BO.name);
      await phone.command({ name: 'set-layout', layout: 'grid' });
      await phone.command({ name: 'set-microphone', on: false });
      await tv.expectToSee(MINA.name, MINA.number, 30_000);
      await tv.expectToSee(BO.name, BO.number, 30_000);
      await bo.expectToSee(MINA.name, MINA.number, 30_000);
      const origin = await mediaOrigin(scene.product.addresses.joinUrl);
      return new CallUnderFault({ scene, tv, mina, bo, phone, phonePage, network, roomName, mediaOrigin: origin });
    } catch (error) {
      console.error(scene.troubles());
      await scene.close();
      throw error;
    }
  }

  get viewers(): { name: string; persona: Persona }[] {
    return [
      { name: this.roomName, persona: this.tv },
      { name: MINA.name, persona: this.mina },
      { name: BO.name, persona: this.bo },
    ];
  }

  get everyone(): Persona[] {
    return [this.tv, this.mina, this.bo, this.phonePage];
  }

  async watch(): Promise<void> {
    const { viewers } = this;
    await Promise.all(
      viewers.map(({ name, persona }) =>
        persona.watchFrames(viewers.filter((other) => other.name !== name).map((other) => other.name)),
      ),
    );
  }

  async gaps(): Promise<Gap[]> {
    const all = await Promise.all(
      this.viewers.map(async ({ name, persona }) =>
        Object.entries(await persona.watchedFrames()).map(([seen, { longestGapMs }]) => ({
          viewer: name,
          seen,
          longestGapMs,
        })),
      ),
    );
    return all.flat();
  }

  /** Whose picture stands still at whom, longer than so. */
  async standingStill(longerThanMs: number): Promise<string[]> {
    const all = await Promise.all(
      this.viewers.map(async ({ name, persona }) =>
        Object.entries(await persona.watchedFrames())
          .filter(([, { lastFrameAgoMs }]) => lastFrameAgoMs > longerThanMs)
          .map(([seen]) => `${seen} at ${name}`),
      ),
    );
    return all.flat();
  }

  async close(): Promise<void> {
    this.network.stop();
    await this.scene.close();
  }
}

/** What must be the same after a fault. `without`: who came in only for the moment. */
export function sameness(
  { phase, microphone, camera, layout, stagePage, volumePercent }: RoomState,
  { peerIds = true, without = '' } = {},
): object {
  if (phase.name !== 'in-call') return { phase: phase.name };
  return {
    phase: phase.name,
    ...(peerIds ? { callId: phase.callId, peerId: phase.peerId } : {}),
    connection: phase.connection,
    participants: phase.participants
      .filter(({ displayName }) => displayName !== without)
      .map(({ peerId, displayName, microphone: mic, camera: cam, connection }) => ({
        ...(peerIds ? { peerId } : {}),
        displayName,
        mic,
        cam,
        connection,
      }))
      .sort((a, b) => a.displayName.localeCompare(b.displayName)),
    microphone,
    camera,
    layout,
    stagePage,
    volumePercent,
  };
}
