/** Whether what is spoken is written, as the node has it, and what was spoken last: enough for captions, not the transcript. */
import { type CallTranscript, NO_TRANSCRIPT, type TranscriptSegment } from '#contract/transcript.ts';

/** What is older was shown already, or there was too much of it to read. */
export const CAPTIONS_KEPT = 12;

export class FollowedCaptions {
  #transcript: CallTranscript = NO_TRANSCRIPT;
  #captions: readonly TranscriptSegment[] = [];

  get transcript(): CallTranscript {
    return this.#transcript;
  }

  /** In the order in which they came, each segment once; the same array until one comes. */
  get captions(): readonly TranscriptSegment[] {
    return this.#captions;
  }

  /** Of a snapshot. What was spoken while we were away is not shown late. */
  start(transcript: CallTranscript): void {
    this.changed(transcript);
  }

  changed(transcript: CallTranscript): void {
    this.#transcript = transcript;
    if (!transcript.isOn && this.#captions.length > 0) this.#captions = [];
  }

  follow(segment: TranscriptSegment): void {
    // what was still with the engine when it was turned off is written, and no longer shown
    if (!this.#transcript.isOn) return;
    if (this.#captions.some(({ segmentId }) => segmentId === segment.segmentId)) return;
    this.#captions = [...this.#captions, segment].slice(-CAPTIONS_KEPT);
  }

  /** The call is over for us. */
  end(): void {
    this.start(NO_TRANSCRIPT);
  }
}
