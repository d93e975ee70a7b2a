/** A room's TV as the rest of the agent sees it. Every call ends within a deadline, by an answer or by a typed error. */
import type { AudioStatus, TvPower } from './cec-frame.ts';

/** As the wire has it: a key that is held is pressed again and again, and a release does not say of which. */
export type CecKey = { action: 'pressed'; key: number } | { action: 'released' };

export type CecEvents = {
  onKeyPressed: (key: CecKey) => void;
  /** told by the TV without being asked */
  onPower: (power: TvPower) => void;
  /** whose picture the TV shows from now on */
  onActiveSource: (whose: 'ours' | 'other') => void;
  onGone: (why: string) => void;
};

/** @throws from every call: `tv-not-answering`, `device-unsupported`, `device-malformed`, `device-gone` */
export interface CecAdapter {
  start(events: CecEvents): Promise<void>;
  stop(): Promise<void>;
  turnOn(): Promise<void>;
  makeActiveSource(): Promise<void>;
  standby(): Promise<void>;
  powerStatus(): Promise<TvPower>;
  /** OSD name, or else the maker; null: it tells neither */
  osdName(): Promise<string | null>;
  /** of the amplifier where there is one, else of the TV */
  audioStatus(): Promise<AudioStatus>;
  volumeUp(steps: number): Promise<void>;
  volumeDown(steps: number): Promise<void>;
  /** as near as the TV lets it be brought */
  setVolume(percent: number): Promise<void>;
  mute(muted: boolean): Promise<void>;
}
