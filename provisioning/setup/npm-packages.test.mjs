import { describe, expect, it } from 'vitest';
import { firstDifference } from './npm-packages.mjs';

const entry = (version, more = {}) => ({ version, integrity: `sha512-${version}`, ...more });
const lock = (packages) => ({ packages: { '': { name: 'maru' }, ...packages } });

describe('the first difference to package-lock.json', () => {
  it('is none where npm installed what the lock file says', () => {
    const same = { 'node_modules/zod': entry('4.0.0') };
    expect(firstDifference(lock(same), { packages: same })).toBeNull();
  });

  it('is everything on a fresh clone', () => {
    expect(firstDifference(lock({}), null)).toBe('nothing is installed yet');
  });

  it('is a package that came, or came in another version', () => {
    const wanted = lock({ 'node_modules/zod': entry('4.0.1') });
    expect(firstDifference(wanted, { packages: {} })).toBe('node_modules/zod is missing');
    expect(firstDifference(wanted, { packages: { 'node_modules/zod': entry('4.0.0') } })).toMatch('another version');
  });

  it('is not a binary of another platform', () => {
    const wanted = lock({ 'node_modules/@x/win': entry('1.0.0', { optional: true }) });
    expect(firstDifference(wanted, { packages: {} })).toBeNull();
  });
});
