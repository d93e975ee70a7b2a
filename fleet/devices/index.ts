/** What other aggregates see of devices. */
export { CertificateAuthority } from './certificate-authority.ts';
export { CertificateRegister } from './certificate-register.ts';
export { Enrolment } from './enrolment.ts';
export { ensureLocalNode } from './local-node.ts';
export { ServerCertificate } from './server-certificate.ts';
