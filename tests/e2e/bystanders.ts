/** A call that runs while something bad happens beside it: what must not change by that, and the proof that it did not. */
import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { eventually } from '../simulators/eventually.ts';
import type { Phone } from '../simulators/phone/phone.ts';
import type { RoomState } from '#contract/room-state.ts';
import type { Guest, Tv } from './personas/roles.ts';
import type { Scene } from './scene.ts';

/** Limits of the suite are three times those of the product: the machine is shared and noisy. */
export const NOISE = 3;
const LONGEST_GAP_MS = 1_000 * NOISE;

export class Bystanders {
  readonly tv: Tv;
  readonly guest: Guest;
  readonly phone: Phone;
  #before!: object;

  private constructor(tv: Tv, guest: Guest, phone: Phone) {
    this.tv = tv;
    this.guest = guest;
    this.phone = phone;
  }

  /** The room and one guest in a call, muted in part, in a layout that is not the first. */
  static async inCall(scene: Scene): Promise<Bystanders> {
    const tv = await scene.tv();
    const phone = await scene.observer();
    await phone.command({ name: 'join-call' });
    await tv.stage.waitFor();
    const guest = await scene.guest(1);
    await guest.join('Mina');
    await guest.expectInCall();
    await phone.command({ name: 'set-layout', layout: 'grid' });
    await phone.command({ name: 'set-microphone', on: false });
    await tv.expectToSee('Mina', 1);
    await phone.until((state) => state.microphone === 'muted' && state.layout === 'grid');
    return new Bystanders(tv, guest, phone);
  }

  async remember(): Promise<void> {
    this.#before = essence(this.phone.state!);
    await this.tv.watchFrames(['Mina']);
  }

  async expectUnaffected(): Promise<void> {
    assert.equal(this.phone.closedBy, null);
    // presence is told again each few seconds
    await eventually(
      'the room is online and as before',
      () => ({ online: this.phone.online, ...essence(this.phone.state!) }),
      (now) => isDeepStrictEqual(now, { online: true, ...this.#before }),
    );
    await this.tv.expectSamePage();
    await this.guest.expectSamePage();
    const { Mina: watched } = await this.tv.watchedFrames();
    assert.ok(watched!.longestGapMs < LONGEST_GAP_MS, `the picture stood still for ${watched!.longestGapMs} ms`);
  }
}

/** What of a room's state a person would call the same. */
export function essence({ phase, microphone, camera, layout, stagePage, volumePercent, notices }: RoomState): object {
  if (phase.name !== 'in-call') return { phase: phase.name };
  const participants = phase.participants.map(({ peerId, displayName, microphone: mic, camera: cam, connection }) => ({
    peerId,
    displayName,
    mic,
    cam,
    connection,
  }));
  return {
    callId: phase.callId,
    peerId: phase.peerId,
    connection: phase.connection,
    participants,
    microphone,
    camera,
    layout,
    stagePage,
    volumePercent,
    notices,
  };
}
