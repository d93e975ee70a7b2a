/** The installation can't go on, for a reason that a person can read and act on. */
export class InstallError extends Error {}
