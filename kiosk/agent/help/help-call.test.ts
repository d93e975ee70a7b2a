import { describe, expect, it } from 'vitest';
import type { HelpRequest } from '#contract/help-request.ts';
import type { RoomEventDraft } from '../room-event-outbox.ts';
import { HelpCall } from './help-call.ts';

const message = (messageId: string, text: string, from: 'room' | 'it' = 'it') => ({
  messageId,
  from,
  author: '',
  text,
  atMs: 1,
});

function room({ isOffered = true, memory = { value: null as unknown } } = {}) {
  const events: RoomEventDraft[] = [];
  const make = () =>
    new HelpCall({
      memory: {
        load: () => memory.value as never,
        save: (value) => {
          memory.value = value;
        },
      },
      isOffered: () => isOffered,
      record: (event) => events.push(event),
      onChange: () => {},
    });
  return { call: make(), again: make, events };
}
const asSent = (request: HelpRequest, over: Partial<HelpRequest> = {}): HelpRequest => ({
  ...request,
  state: 'sent',
  ...over,
});
const CALL = { name: 'call-for-help', topic: 'no-picture', text: 'since noon' } as const;

describe('the room’s call for help', () => {
  it('waits until the fleet has it, also over a restart, and is an event once', () => {
    const { call, again, events } = room();
    expect(call.call(CALL)).toBe(null);
    expect(call.request).toMatchObject({ state: 'waiting', topic: 'no-picture', messages: [{ text: 'since noon' }] });
    // what the fleet has of before is not ours
    call.receive({ request: null });
    expect(call.request?.state).toBe('waiting');
    const restarted = again();
    expect(restarted.request?.helpId).toBe(call.request!.helpId);
    restarted.receive({ request: asSent(call.request!) });
    expect(restarted.request?.state).toBe('sent');
    expect(events.map(({ name }) => name)).toEqual(['help-called']);
  });

  it('is one at a time, and not where IT does not offer it', () => {
    const { call } = room();
    call.call(CALL);
    expect(call.call(CALL)).toBe('not-possible-now');
    expect(room({ isOffered: false }).call.call(CALL)).toBe('not-possible-now');
  });

  it('shows what was written until the fleet has it, and then once', () => {
    const { call, events } = room();
    call.call(CALL);
    const request = asSent(call.request!, { messages: [] });
    call.receive({ request });
    expect(call.write({ name: 'write-to-it', text: 'still nothing' })).toBe(null);
    const written = call.request!.messages.at(-1)!;
    // IT answers, and has not read it yet
    call.receive({ request: { ...request, messages: [message('a', 'We look at it.')] } });
    expect(call.request!.messages.map(({ text }) => text)).toEqual(['We look at it.', 'still nothing']);
    call.receive({ request: { ...request, messages: [message('a', 'We look at it.'), { ...written, from: 'room' }] } });
    expect(call.request!.messages.map(({ text }) => text)).toEqual(['We look at it.', 'still nothing']);
    expect(events.at(-1)).toMatchObject({ name: 'help-written', messageId: written.messageId });
  });

  it('is withdrawn at once, though the fleet still has it open', () => {
    const { call } = room();
    call.call(CALL);
    const request = asSent(call.request!);
    call.receive({ request });
    expect(call.withdraw()).toBe(null);
    call.receive({ request });
    expect(call.request?.state).toBe('withdrawn');
    expect(call.write({ name: 'write-to-it', text: 'x' })).toBe('not-possible-now');
    // and another can be called
    expect(call.call(CALL)).toBe(null);
  });

  it('is over when IT has solved it', () => {
    const { call } = room();
    call.call(CALL);
    call.receive({ request: asSent(call.request!, { state: 'solved' }) });
    expect(call.withdraw()).toBe('not-possible-now');
    call.receive({ request: null });
    expect(call.request).toBe(null);
  });
});
