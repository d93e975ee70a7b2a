/** A start that only a person can make possible: the message states the fault and the remedy, without a stack. */

/** EX_CONFIG of sysexits.h: starting again changes nothing, so no supervisor tries. */
export const START_REFUSED_EXIT_CODE = 78;

export class StartRefused extends Error {}
