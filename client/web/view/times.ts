/** Times as the reader writes them. */

/** Milliseconds of a day. */
const DAY_MS = 86_400_000;

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });
const weekday = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const date = new Intl.DateTimeFormat(undefined, { dateStyle: "long" });

export const shortTime = (time: number): string => clock.format(time);
export const fullTime = (time: number): string => full.format(time);

/** `Today`, `Yesterday`, `Monday, 3 May`, or with the year if it is another one. */
export function dayName(time: number, now = Date.now()): string {
  const midnight = new Date(now).setHours(0, 0, 0, 0);
  if (time >= midnight && time < midnight + DAY_MS) return "Today";
  if (time < midnight && time >= midnight - DAY_MS) return "Yesterday";
  const sameYear = new Date(time).getFullYear() === new Date(now).getFullYear();
  return (sameYear ? weekday : date).format(time);
}
