import { describe, expect, it } from 'vitest';
import { notesOf } from './release-facts.ts';

const part = (name: string, lines: number): string =>
  `### ${name}\n\n${Array.from({ length: lines }, (_, at) => `- ${name} ${at} ${'x'.repeat(90)}`).join('\n')}\n`;

describe('the notes of a release', () => {
  it('are the newest section of the CHANGELOG', () => {
    expect(notesOf('# Changelog\n\n## NEXT\n\n### Added\n\n- One.\n\n## 0.1\n\n- Older.\n')).toBe(
      '### Added\n\n- One.',
    );
    expect(notesOf('# Changelog\n')).toBe('');
  });

  it('are whole parts of it, as many as a feed carries', () => {
    const notes = notesOf(`## NEXT\n\n${part('First', 50)}\n${part('Second', 50)}\n${part('Third', 150)}`);
    expect(notes.length).toBeLessThanOrEqual(20_000);
    expect(notes).toContain('- Second 49');
    expect(notes).not.toContain('### Third');
    expect(notes).toMatch(/is in CHANGELOG\.md\.$/);
  });

  it('are as many lines as a feed carries, where the first part alone is too long', () => {
    const notes = notesOf(`## NEXT\n\n${part('Only', 300)}`);
    expect(notes.length).toBeLessThanOrEqual(20_000);
    expect(notes).toMatch(/- Only \d+ x{90}\n\nMore of this/);
  });
});
