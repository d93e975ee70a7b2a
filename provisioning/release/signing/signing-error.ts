/** Keys, a feed or a release that cannot be signed as asked, for a reason that a person can read and act on. */
export class SigningError extends Error {}
