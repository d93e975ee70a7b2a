/** Two of one name in a list are distinguished by a number, in the order of the list. Pure. */

/** @returns the name of each as it is shown: `Mina`, or `Mina 1` and `Mina 2` where there are two */
export function numberedNames<T>(list: readonly T[], nameOf: (each: T) => string): string[] {
  const key = (each: T) => nameOf(each).toLocaleLowerCase();
  const counts = new Map<string, number>();
  for (const each of list) counts.set(key(each), (counts.get(key(each)) ?? 0) + 1);
  const alone = new Set(list.filter((each) => counts.get(key(each)) === 1).map(key));
  const given = new Map<string, number>();
  return list.map((each) => {
    if (counts.get(key(each)) === 1) return nameOf(each);
    let number = given.get(key(each)) ?? 0;
    do number += 1;
    while (alone.has(`${key(each)} ${number}`));
    given.set(key(each), number);
    return `${nameOf(each)} ${number}`;
  });
}
