export interface Keyword {
  word: string;
  count: number;
}

/** The five words that a text uses most, of those with more than three letters. */
export async function extractKeywords(text: string): Promise<Keyword[]> {
  const counts = new Map<string, number>();
  for (const [word] of text.toLowerCase().matchAll(/\p{L}{4,}/gu)) counts.set(word, (counts.get(word) ?? 0) + 1);
  const words = Array.from(counts, ([word, count]) => ({ word, count }));
  return words.toSorted((one, other) => other.count - one.count).slice(0, 5);
}
