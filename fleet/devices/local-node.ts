/**
 * The identity of the media node on this machine: made at the first start, renewed at two thirds of its life, handed
 * over as files (key.pem, cert.pem, ca.pem, nodeId).
 */
import { X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { clientIdOf } from '#contract/topics.ts';
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
  const nodeId = existsSync(paths.id) ? (await readFile(paths.id, 'utf8')).trim() : newId();
  const identity = clientIdOf('node', nodeId);
  if (existsSync(paths.cert) && isFresh(new X509Certificate(await readFile(paths.cert)), identity, register))
    return { nodeId };
  const issued = await authority.issueClientWithKey(identity);
  const recorded = await store.write((trx) => register.record(trx, identity, issued));
  recorded.apply();
  await writeFile(paths.id, nodeId);
  await writeFile(paths.ca, authority.certificatePem);
  await writeFile(paths.key, issued.keyPem, { mode: 0o600 });
  await writeFile(paths.cert, issued.certificatePem);
  return { nodeId };
}

function isFresh(certificate: X509Certificate, identity: string, register: CertificateRegister): boolean {
  const [fromMs, toMs] = [Date.parse(certificate.validFrom), Date.parse(certificate.validTo)];
  return register.isAccepted(identity, certificate.serialNumber) && Date.now() < fromMs + ((toMs - fromMs) * 2) / 3;
}
