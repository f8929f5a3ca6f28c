/**
 * The word that was probably meant: the same letters in another spelling (`keep_firing_for`), a part of it, or the least edit distance, if at most a third of the letters differ. Undefined if none is near.
 */
export function nearestWord(text: string, words: Iterable<string>): string | undefined {
  const wanted = letters(text);
  let best: string | undefined;
  let least = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const word of words) {
    const distance = wordDistance(wanted, letters(word));
    if (distance < least) {
      least = distance;
      best = word;
    }
  }
  return best;
}

/** `; did you mean "topic"?`, or the words themselves where none is near and they are few. */
export function suggestWord(text: string, words: readonly string[]): string {
  const nearest = nearestWord(text, words);
  if (nearest !== undefined) return `did you mean ${JSON.stringify(nearest)}?`;
  if (words.length === 0) return "there is none to choose from";
  if (words.length > 12) return `for example ${words.slice(0, 6).join(", ")}`;
  return words.length === 1 ? `write ${words[0]}` : `one of ${words.join(", ")}`;
}

function letters(text: string): string {
  return text.toLowerCase().replaceAll(/[-_ .]/g, "");
}

function wordDistance(a: string, b: string): number {
  if (a === b) return 0;
  if (Math.min(a.length, b.length) >= 3 && (a.startsWith(b) || b.startsWith(a))) return 0.5;
  if (a.length >= 4 && b.endsWith(a)) return 0.75;
  return editDistance(a, b);
}

/** Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours, each 1. */
export function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let least = Math.min((previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1, substitution);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, (beforePrevious[j - 2] ?? 0) + 1);
      }
      current.push(least);
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous[b.length] ?? 0;
}
