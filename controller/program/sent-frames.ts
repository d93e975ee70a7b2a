/** What the program's sender really sends: a key frame in each second of the wall clock, and counts of its frames. */

/** A second's boundary by the timer is early at times: then it is that second's. */
const EARLY_MS = 50;

/** @param sender null: nothing is sent at this moment. @returns stops it */
export function askForKeyFrames(sender: () => RTCRtpSender | null): () => void {
  let timer: ReturnType<typeof setTimeout>;
  const next = (): void => {
    const inMs = 1_000 - (Date.now() % 1_000);
    timer = setTimeout(ask, inMs < EARLY_MS ? inMs + 1_000 : inMs);
  };
  const ask = (): void => {
    next();
    const current = sender();
    if (current === null) return;
    const parameters = current.getParameters();
    // a transport that is being closed has none
    if (parameters.encodings.length === 0) return;
    parameters.degradationPreference = 'maintain-resolution';
    const options = { encodingOptions: parameters.encodings.map(() => ({ keyFrame: true })) };
    current.setParameters(parameters, options as RTCSetParameterOptions).catch(() => {});
  };
  next();
  return () => clearTimeout(timer);
}

export type SentFrames = { framesCaptured: number; framesEncoded: number; keyFrames: number };

/** Counts since the sender began; zeros where there is none. */
export async function sentFramesOf(sender: RTCRtpSender | null): Promise<SentFrames> {
  const counts: SentFrames = { framesCaptured: 0, framesEncoded: 0, keyFrames: 0 };
  const stats = await sender?.getStats();
  stats?.forEach((entry: { type: string; frames?: number; framesEncoded?: number; keyFramesEncoded?: number }) => {
    if (entry.type === 'media-source') counts.framesCaptured = entry.frames ?? 0;
    if (entry.type === 'outbound-rtp') {
      counts.framesEncoded += entry.framesEncoded ?? 0;
      counts.keyFrames += entry.keyFramesEncoded ?? 0;
    }
  });
  return counts;
}

/** A sender without an answer from the network is in no state to be judged by its frames. */
export function isWayOpen(sender: RTCRtpSender): boolean {
  const state = sender.transport?.iceTransport.state;
  return state !== 'disconnected' && state !== 'failed' && state !== 'closed';
}
