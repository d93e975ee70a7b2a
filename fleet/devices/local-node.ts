/**
 * The identity of the media node on this machine: made at the first start, renewed at two thirds of its life, made again
 * when its files are damaged, handed over as files (key.pem, cert.pem, ca.pem, nodeId).
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Id } from '#contract/schema.ts';
import { clientIdOf } from '#contract/topics.ts';
import { writeDurably } from '#edge/durable-file.ts';
import { type AuthorityStore, newId } from '../store/index.ts';
import type { CertificateAuthority } from './certificate-authority.ts';
import type { CertificateRegister } from './certificate-register.ts';

type Dependencies = {
  directory: string;
  store: AuthorityStore;
  authority: CertificateAuthority;
  register: CertificateRegister;
};

export async function ensureLocalNode({
  directory,
  store,
  authority,
  register,
}: Dependencies): Promise<{ nodeId: string }> {
  const paths = {
    key: join(directory, 'key.pem'),
    cert: join(directory, 'cert.pem'),
    ca: join(directory, 'ca.pem'),
    id: join(directory, 'nodeId'),
  };
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const [key, cert, ca, id] = await Promise.all([paths.key, paths.cert, paths.ca, paths.id].map(textOf));
  const nodeId = Id.safeParse(id!.trim()).data ?? newId();
  const identity = clientIdOf('node', nodeId);
  if (ca === authority.certificatePem && isFresh({ key: key!, cert: cert! }, identity, register)) return { nodeId };
  const issued = await authority.issueClientWithKey(identity);
  const recorded = await store.write((trx) => register.record(trx, identity, issued));
  recorded.apply();
  writeDurably(paths.id, nodeId);
  writeDurably(paths.ca, authority.certificatePem);
  writeDurably(paths.key, issued.keyPem);
  writeDurably(paths.cert, issued.certificatePem);
  return { nodeId };
}

/** Empty: there is none. */
const textOf = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '');

function isFresh(pem: { key: string; cert: string }, identity: string, register: CertificateRegister): boolean {
  try {
    const certificate = new X509Certificate(pem.cert);
    if (!certificate.checkPrivateKey(createPrivateKey(pem.key))) return false;
    const [fromMs, toMs] = [Date.parse(certificate.validFrom), Date.parse(certificate.validTo)];
    return register.isAccepted(identity, certificate.serialNumber) && Date.now() < fromMs + ((toMs - fromMs) * 2) / 3;
  } catch {
    // damaged
    return false;
  }
}
