/** What people heard, held against what is promised: nothing lost, nothing twice, each in order, nothing before its cause. */
import { afterOf, type Line, type Person } from "./person.ts";

/** Over all streams; each should be 0. */
export interface Verdict {
  lost: number;
  twice: number;
  /** After a later one of the same author. */
  outOfOrder: number;
  /** Before something its author had heard when saying it. */
  beforeCause: number;
  /** Never said, or not so. */
  invented: number;
  resets: number;
}

/** Whether everybody heard everything, as far as numbers tell. */
export const isWhole = (people: readonly Person[]): boolean =>
  people.every(({ heard }) => new Set(heard.map(({ id, n }) => `${id} ${n}`)).size === countSaid(people));

export const countSaid = (people: readonly Person[]): number => people.reduce((sum, { said }) => sum + said.length, 0);

export function judge(people: readonly Person[]): Verdict {
  const verdict: Verdict = { lost: 0, twice: 0, outOfOrder: 0, beforeCause: 0, invented: 0, resets: 0 };
  for (const { heard, resets } of people) {
    verdict.resets += resets;
    judgeOne(people, heard, verdict);
  }
  return verdict;
}

function judgeOne(people: readonly Person[], heard: readonly Line[], verdict: Verdict): void {
  const said = new Map(people.map((person) => [person.id, person.said]));
  const numbers = new Map(people.map(({ name }) => [name, new Set<number>()]));
  const last = new Map<string, number>();
  for (const { id, name, n, text } of heard) {
    const known = numbers.get(name);
    if (!known || said.get(id)?.[n - 1] !== text) {
      verdict.invented++;
      continue;
    }
    if (known.has(n)) verdict.twice++;
    else if (n < (last.get(name) ?? 0)) verdict.outOfOrder++;
    if (Object.entries(afterOf(text)).some(([other, number]) => !numbers.get(other)?.has(number)))
      verdict.beforeCause++;
    known.add(n);
    last.set(name, Math.max(n, last.get(name) ?? 0));
  }
  for (const person of people) verdict.lost += person.said.length - (numbers.get(person.name)?.size ?? 0);
}
