/** What other aggregates see of devices. */
export { CertificateAuthority } from './certificate-authority.ts';
export { CertificateRegister } from './certificate-register.ts';
export { Enrolment } from './enrolment.ts';
export { ensureLocalNode } from './local-node.ts';
export { formerRoomOf } from './ended-certificate.ts';
export { WaitingKiosks } from './waiting-kiosks.ts';
export { waitingKioskRoutes } from './routes.ts';
export { ServerCertificate } from './server-certificate.ts';
