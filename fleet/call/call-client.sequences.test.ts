/** Whatever happens in whatever order: the call ends up in, or over; it never stays between, and leaks nothing. */
import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import type { Participant } from '#contract/room-state.ts';
import { CallClient } from './call-client.ts';
import { createFakeStream, FakeMedia, fakeTrack } from './testing/fake-media.ts';
import { FakeNode } from './testing/fake-node.ts';

const steps = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 9_000 }) }),
    fc.record({
      do: fc.constant('network' as const),
      to: fc.constantFrom('up' as const, 'stalled' as const, 'refusing' as const),
    }),
    fc.record({ do: fc.constant('reset' as const) }),
    fc.record({
      do: fc.constant('resume-answers' as const),
      with: fc.constantFrom('kept' as const, 'restarted' as const, 'peer-unknown' as const, 'shutting-down' as const),
    }),
    fc.record({ do: fc.constant('mute' as const), to: fc.boolean() }),
    fc.record({ do: fc.constant('camera' as const), on: fc.boolean() }),
    fc.record({ do: fc.constant('share' as const), on: fc.boolean() }),
    fc.record({ do: fc.constant('come' as const) }),
    fc.record({ do: fc.constant('go' as const) }),
    fc.record({ do: fc.constant('move' as const) }),
  ),
  { maxLength: 14 },
);

it('comes to rest in the call, with the roster and the tracks as they are', async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  await fc.assert(
    fc.asyncProperty(steps, async (sequence) => {
      vi.useFakeTimers({
        toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance', 'Date'],
      });
      const node = new FakeNode();
      const media: FakeMedia[] = [];
      const call = new CallClient({
        requestGrant: async () => node.grant(),
        onMuted: () => {},
        openSocket: node.open,
        createStream: createFakeStream,
        createMedia: (options) => {
          const made = new FakeMedia(options);
          media.push(made);
          return made;
        },
      });
      const microphone = fakeTrack('audio');
      const joining = call.join(
        {
          displayName: 'Me',
          microphone,
          camera: fakeTrack('video'),
          view: { kind: 'auto', maxTiles: 9, tileHeightPx: 360 },
        },
        node.grant(),
      );
      await vi.advanceTimersByTimeAsync(100);
      await joining;
      const consumers = new Map<string, string>();
      const come = (peer: Participant): void => {
        const consumer = node.consumerOf(peer);
        consumers.set(peer.peerId, consumer.consumerId);
        node.tell({ event: 'participant-joined', data: { participant: peer } });
        node.tell({ event: 'consumer-added', data: consumer });
      };
      for (const step of sequence) {
        switch (step.do) {
          case 'wait':
            await vi.advanceTimersByTimeAsync(step.ms);
            break;
          case 'network':
            node.network = step.to;
            break;
          case 'reset':
            node.current?.end(1006);
            break;
          case 'resume-answers':
            node.onResume = step.with;
            break;
          case 'mute':
            microphone.enabled = !step.to;
            call.setMicrophone(microphone);
            break;
          case 'camera':
            call.setCamera(step.on ? fakeTrack('video') : null, 'off');
            break;
          case 'share':
            call.setScreen(step.on ? fakeTrack('video') : null);
            break;
          case 'come':
            come(node.addPeer(`Guest ${node.others.length}`));
            break;
          case 'go': {
            const gone = node.others.shift();
            if (!gone) break;
            node.consumers = node.consumers.filter(({ peerId }) => peerId !== gone.peerId);
            node.tell({ event: 'participant-left', data: { peerId: gone.peerId } });
            break;
          }
          case 'move':
            node.consumers = node.others
              .map((peer) => ({ ...node.consumerOf(peer) }))
              .slice(-node.others.length || undefined);
            node.tell({ event: 'media-moved', data: node.setup() });
            for (const consumer of node.consumers) node.tell({ event: 'consumer-added', data: consumer });
            break;
        }
      }
      node.network = 'up';
      if (node.onResume === 'shutting-down') node.onResume = 'kept';
      // what was told into a stalled network is lost to this fake; a drop brings the truth, as on a real one
      node.current?.end(1006);
      await vi.advanceTimersByTimeAsync(12_000);

      const state = call.getSnapshot();
      expect(state.phase).toMatchObject({ name: 'joined', connection: 'connected' });
      expect(state.participants.map(({ peerId }) => peerId)).toEqual([
        node.peerId,
        ...node.others.map(({ peerId }) => peerId),
      ]);
      expect([...state.streams.keys()].every((peerId) => node.others.some((other) => other.peerId === peerId))).toBe(
        true,
      );
      for (const { peerId } of node.consumers) expect(state.streams.get(peerId)?.camera?.state).toBe('live');
      expect(state.local.microphone).toBe(microphone.enabled ? 'on' : 'muted');
      expect(media.filter(({ closed }) => !closed)).toHaveLength(1);
      call.close();
      await vi.advanceTimersByTimeAsync(100);
      expect(media.every(({ closed }) => closed)).toBe(true);
      expect(node.sockets.every(({ readyState }) => readyState === 3)).toBe(true);
      expect(vi.getTimerCount()).toBe(0);
    }),
    { numRuns: 150 },
  );
  vi.useRealTimers();
}, 60_000);
