import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { chosenTurn, filesOfOtherTurns, turns } from './turns.ts';

describe('the turns of long files', () => {
  it('name files that are there, each once', () => {
    const files = turns.flat();
    expect(files.filter((file) => !existsSync(join(import.meta.dirname, '../..', file)))).toEqual([]);
    expect(new Set(files).size).toBe(files.length);
  });

  it('come by the commit, each of them', () => {
    const chosen = Array.from({ length: 16 }, (_, n) => chosenTurn(undefined, `0000000${n.toString(16)}ff`));
    expect(new Set(chosen)).toEqual(new Set([1, 2, 3, 4]));
    expect(chosenTurn(undefined, 'ffffffff00')).toBe((0xffffffff % turns.length) + 1);
  });

  it('are as they are wanted', () => {
    expect([chosenTurn('2'), chosenTurn('all')]).toEqual([2, null]);
    for (const wrong of ['0', '5', 'x', '']) expect(() => chosenTurn(wrong)).toThrow('MARU_TEST_TURN is 1 to 4');
  });

  it('leave the others to other runs', () => {
    expect(filesOfOtherTurns(null)).toEqual([]);
    const all = turns.map((_, index) => filesOfOtherTurns(index + 1));
    expect(all.map((files) => files.length + 0)).toEqual(turns.map((own) => turns.flat().length - own.length));
    expect(filesOfOtherTurns(1)).not.toContain(turns[0]![0]);
  });
});
