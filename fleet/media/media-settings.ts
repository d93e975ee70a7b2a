/** Every bound and time of the media node in one place, so that tests can shorten them and operators can see them. */
import { MAX_PEERS_IN_CALL } from '#contract/limits.ts';
import {
  HELLO_WITHIN_MS,
  PREPARED_TTL_MS,
  RESUME_GRACE_MS,
  SIGNALING_DEAD_AFTER_MS,
  SIGNALING_PULSE_MS,
} from '#contract/timing.ts';

export type MediaSettings = {
  /** prepared transports are closed after this long without `join` */
  preparedTtlMs: number;
  /** a dropped peer keeps its place this long */
  resumeGraceMs: number;
  /** an opened call ends this long after the last one has left */
  emptyCallMs: number;
  helloWithinMs: number;
  /**
   * Pulses, for clients that would ask after 2 s of silence; every second one is a ping too. The silence after which a
   * socket is dead, in whole pulses found out.
   */
  pingIntervalMs: number;
  deadAfterMs: number;
  /** a consumer that a client shows no more: first paused, so that showing it again is quick, then closed */
  pauseUnseenAfterMs: number;
  closeUnseenAfterMs: number;
  /** how many voices each peer receives, and how long one stays among them after speaking */
  audibleCount: number;
  audibleHoldMs: number;
  levelIntervalMs: number;
  /** beyond so many consumers on a worker, the call's next peers go to another */
  consumersPerWorker: number;
  /** prepared ones count */
  maxPeers: number;
  maxPeersInCall: number;
  /** of both, so many stay free for rooms; of a small number, a tenth */
  roomPlaces: number;
  /** people who have not joined yet, from one network */
  preparedPerNetwork: number;
  /** per connection: a bucket that holds `requestBurst` and refills by `requestsPerSecond` */
  requestsPerSecond: number;
  requestBurst: number;
  /** of `present`, by peer: points and strokes, and all other acts; beyond it `too-many-attempts`, and the connection stays */
  drawingActsPerSecond: number;
  otherActsPerSecond: number;
  /** of chat messages, by peer: beyond it `too-many-attempts`, and the connection stays */
  chatBurst: number;
  chatPerMinute: number;
  /** how often counts of readers are sent to writers, and marks to the fleet */
  chatReadsEveryMs: number;
  /** of starting and answering polls, by peer: beyond it `too-many-attempts`, and the connection stays */
  pollActsBurst: number;
  pollActsPerMinute: number;
  /** how often the counts of a running poll are sent */
  pollCountsEveryMs: number;
  /** an ended poll stays on TVs this long */
  pollShownMs: number;
  /** words of the transcriber that come so long after their microphone was muted still count */
  lateAnswerMs: number;
  /** by client network: so many hellos may fail before each further one is answered with `too-many-attempts` */
  failedHellosPerMinute: number;
  /** connections without a hello, by client network and in all; beyond it the oldest makes room */
  waitingForHelloPerNetwork: number;
  waitingForHello: number;
  /** how long an ended call and a removed peer are remembered; tokens live a minute */
  endedKeptMs: number;
  /** without a word of the fleet for so long, nobody new is let in but by a room's delegation */
  fleetSilenceMs: number;
  /** without a word of the fleet for so long, nothing is transcribed: what the meeting's rules permit now is not known */
  transcriptSilenceMs: number;
  /** how often the files of its certificates are looked at */
  certificateLookMs: number;
  /** a shared screen whose worker died is shown as shared this long, until its client sends it again */
  shareBackMs: number;
  /** a worker that does not answer within this is killed and replaced */
  workerAnswerMs: number;
};

export const defaultSettings: MediaSettings = {
  preparedTtlMs: PREPARED_TTL_MS,
  resumeGraceMs: RESUME_GRACE_MS,
  emptyCallMs: 30_000,
  helloWithinMs: HELLO_WITHIN_MS,
  pingIntervalMs: SIGNALING_PULSE_MS,
  deadAfterMs: SIGNALING_DEAD_AFTER_MS,
  pauseUnseenAfterMs: 2_000,
  closeUnseenAfterMs: 30_000,
  audibleCount: 8,
  audibleHoldMs: 10_000,
  levelIntervalMs: 250,
  consumersPerWorker: 500,
  maxPeers: 300,
  maxPeersInCall: MAX_PEERS_IN_CALL,
  roomPlaces: 20,
  preparedPerNetwork: 100,
  requestsPerSecond: 100,
  requestBurst: 300,
  drawingActsPerSecond: 60,
  otherActsPerSecond: 20,
  chatBurst: 10,
  chatPerMinute: 60,
  chatReadsEveryMs: 2_000,
  pollActsBurst: 30,
  pollActsPerMinute: 60,
  pollCountsEveryMs: 250,
  pollShownMs: 60_000,
  lateAnswerMs: 120_000,
  failedHellosPerMinute: 30,
  // when a whole office comes at nine, the last one connects before the first one's hello
  waitingForHelloPerNetwork: 400,
  waitingForHello: 2_000,
  endedKeptMs: 24 * 60 * 60_000,
  fleetSilenceMs: 60 * 60_000,
  transcriptSilenceMs: 10 * 60_000,
  certificateLookMs: 10_000,
  shareBackMs: 5_000,
  workerAnswerMs: 3_000,
};
