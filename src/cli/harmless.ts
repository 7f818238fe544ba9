/**
 * Lines for a terminal without what moves its cursor, asks it something or sets its title: a diary repeats what clusters
 * say, and a list what others wrote. Colours stay.
 */

// oxlint-disable-next-line no-control-regex
const control = /\u001b\[[\d;]*m|[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g

/** @param line one line; an end of line in it would make it two, and the second could claim anything */
export const harmless = (line: string): string =>
  line.replaceAll(control, (found) => (found.length > 1 ? found : '\u{fffd}'))
