/**
 * Whether what is spoken in a call may be written: by the meeting's policy and its place's, sent to the call's node where it has an
 * engine. A node that was out of reach, or a rule that has changed, is sent it again.
 */
import type { NodeCommand } from '#contract/node-link.ts';
import type { Logger } from 'pino';
import type { AuthorityStore } from '../store/index.ts';
import { meetingRulesIn } from './meeting-policies.ts';
import type { MediaNodes } from './media-nodes.ts';

export type TranscriptRulesDependencies = {
  store: AuthorityStore;
  nodes: Pick<MediaNodes, 'get'>;
  sendToNode: (nodeId: string, command: NodeCommand) => void;
  logger: Pick<Logger, 'error'>;
};

/** places change, and rooms and people move between them */
const LOOK_EVERY_MS = 30_000;

export class TranscriptRules {
  readonly #deps: TranscriptRulesDependencies;
  /** by call: the node's process, and what it was sent */
  #sent = new Map<string, string>();
  #timer: NodeJS.Timeout | null = null;

  constructor(deps: TranscriptRulesDependencies) {
    this.#deps = deps;
  }

  start(): void {
    this.#timer = setInterval(() => this.lookAll(), LOOK_EVERY_MS);
    this.#timer.unref();
  }
  stop(): void {
    if (this.#timer) clearInterval(this.#timer);
  }

  /** Of all calls. Never throws. */
  lookAll(): void {
    void this.#look(null);
  }

  /** Of the meeting's call, where one runs. Never throws. */
  look(meetingId: string): void {
    void this.#look(meetingId);
  }

  /** What this node was sent it may not have. */
  nodeCame(nodeId: string): void {
    for (const [callId, sent] of this.#sent) if (sent.startsWith(`${nodeId} `)) this.#sent.delete(callId);
    this.lookAll();
  }

  async #look(meetingId: string | null): Promise<void> {
    const { store, nodes, sendToNode, logger } = this.#deps;
    try {
      let query = store.read
        .selectFrom('call')
        .innerJoin('meeting', 'meeting.meetingId', 'call.meetingId')
        .select(['call.callId', 'call.nodeId', 'call.meetingId', 'meeting.language'])
        .where('call.endedAtMs', 'is', null);
      if (meetingId !== null) query = query.where('call.meetingId', '=', meetingId);
      const calls = await query.execute();
      if (meetingId === null) {
        const live = new Set(calls.map(({ callId }) => callId));
        for (const callId of [...this.#sent.keys()]) if (!live.has(callId)) this.#sent.delete(callId);
      }
      for (const { callId, nodeId, language, ...call } of calls) {
        const node = nodes.get(nodeId);
        if (!node?.online || !node.transcribes) continue;
        const isAllowed = (await meetingRulesIn(store.read, call.meetingId))?.mayTranscribe ?? false;
        const sent = `${nodeId} ${node.instanceId} ${isAllowed} ${language}`;
        if (this.#sent.get(callId) === sent) continue;
        this.#sent.set(callId, sent);
        sendToNode(nodeId, { name: 'allow-transcript', meetingId: call.meetingId, isAllowed, language });
      }
    } catch (error) {
      logger.error({ err: error, meetingId }, 'whether calls may be transcribed is not known');
    }
  }
}
