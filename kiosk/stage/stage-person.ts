/** A person on the stage, and the words that are shown over the picture. */
import type { Participant } from '#contract/room-state.ts';

export type StagePerson = Participant & { cameraStream: MediaStream | null; screenStream: MediaStream | null };

export type StageWords = {
  muted: string;
  /** over the last picture of one whose connection is gone for the moment */
  away: string;
  speaking: string;
  handUp: string;
  guest: string;
  screenOf: (displayName: string) => string;
};
