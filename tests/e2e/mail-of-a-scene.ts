/** A real SMTP server for a product that is about to start, and the file by which the product finds it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ArrivedMail, MailServerUnderTest } from '../../fleet/mail/mail-server-under-test.ts';
import { eventually } from '../simulators/eventually.ts';

export type SceneMail = {
  /** of the product's start */
  args: string[];
  /** The newest to this address with these words in its subject. */
  arrived: (address: string, subject: string) => Promise<ArrivedMail>;
  close: () => Promise<void>;
};

export async function openMail(): Promise<SceneMail> {
  const server = new MailServerUnderTest();
  await server.start();
  const folder = mkdtempSync(join(tmpdir(), 'maru-mail-'));
  const file = join(folder, 'mail.json');
  const settings = { host: '127.0.0.1', port: server.port, security: 'none-on-loopback', from: 'maru@steel.example' };
  writeFileSync(file, JSON.stringify(settings), { mode: 0o600 });
  return {
    args: ['--mail-config', file],
    arrived: async (address, subject) => {
      const find = () => server.to(address).findLast((mail) => mail.subject.includes(subject));
      const mail = await eventually(`a mail “${subject}” to ${address}`, find, (found) => found !== undefined, {
        timeoutMs: 45_000,
      });
      return mail!;
    },
    close: async () => {
      await server.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

/** The first link of a mail with this in it. */
export function linkIn(mail: ArrivedMail, part: string): string {
  const text = mail.parts.find(({ type }) => type === 'text/plain')?.text ?? '';
  const link = text.split(/[\s<>]+/).find((word) => /^https?:/.test(word) && word.includes(part));
  if (link === undefined) throw new Error(`no link with ${part} in: ${text}`);
  return link;
}
