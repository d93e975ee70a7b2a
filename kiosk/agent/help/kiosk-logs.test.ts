import { describe, expect, it } from 'vitest';
import { kioskLogs, lineOfJournal } from './kiosk-logs.ts';
import { type LogLine, LogRing } from './log-ring.ts';

const entry = (over: object) =>
  JSON.stringify({
    MESSAGE: 'hello',
    PRIORITY: '4',
    __REALTIME_TIMESTAMP: '1700000000123456',
    _SYSTEMD_UNIT: 'maru-agent.service',
    ...over,
  });

describe('a line of the journal', () => {
  it('is read with its time, unit and level', () => {
    expect(lineOfJournal(entry({}))).toEqual({ atMs: 1_700_000_000_123, from: 'agent', level: 'warn', text: 'hello' });
  });
  it('that is no text is read as bytes, and one without a message is none', () => {
    expect(lineOfJournal(entry({ MESSAGE: [104, 105] }))?.text).toBe('hi');
    expect(lineOfJournal(entry({ MESSAGE: null }))).toBe(null);
    expect(lineOfJournal('{')).toBe(null);
  });
  it('has no secret in it', () => {
    expect(lineOfJournal(entry({ MESSAGE: 'password=correct-7301' }))?.text).not.toContain('7301');
  });
});

describe('the ring of the own log', () => {
  const written: string[] = [];
  const ring = new LogRing({ write: (text) => written.push(text) });
  const write = (fields: object) =>
    ring.write(`${JSON.stringify({ level: 30, time: 1_000, process: 'agent', ...fields })}\n`);

  it('hands each line on, keeps it without secrets, and gives it to who follows', async () => {
    const logs = kioskLogs(ring, {});
    const seen: LogLine[] = [];
    const stop = new AbortController();
    logs.follow((line) => seen.push(line), stop.signal);
    write({ msg: 'command', command: 'join-call', token: 'correct-7301' });
    stop.abort();
    write({ msg: 'later', time: 2_000 });
    expect(written).toHaveLength(2);
    expect(seen).toHaveLength(1);
    expect(seen[0]).toMatchObject({ atMs: 1_000, from: 'agent', level: 'info' });
    expect(seen[0]!.text).toContain('join-call');
    expect(seen[0]!.text).not.toContain('7301');
    expect(await logs.since(1_500, stop.signal)).toMatchObject([{ text: 'later' }]);
    // some have details alone
    write({ code: 'no-screen', time: 3_000 });
    expect(await logs.since(2_500, stop.signal)).toMatchObject([{ text: ' {"code":"no-screen"}' }]);
  });

  it('is bounded', async () => {
    for (let each = 0; each < 20_000; each += 1) write({ msg: `line ${each}` });
    const kept = await kioskLogs(ring, {}).since(0, AbortSignal.timeout(1_000));
    expect(kept.length).toBeLessThanOrEqual(6_000);
    expect(kept.at(-1)!.text).toBe('line 19999');
  });
});
