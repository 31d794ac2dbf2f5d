/** Lower case without marks, so that “tap huan” finds “Tập huấn”. `đ` does not decompose and is replaced. */
export function fold(text: string): string {
  return text
    .toLowerCase()
    .normalize("NFD")
    .replace(/[\u0300-\u036f]/g, "")
    .replace(/đ/g, "d")
    .replace(/[\s\u00a0]+/g, " ")
    .trim();
}

/** Options that hold every word of the query. */
export function matching<T>(options: T[], query: string, textOf: (option: T) => string): T[] {
  const words = fold(query).split(" ").filter(Boolean);
  if (words.length === 0) return options;
  return options.filter((option) => {
    const folded = fold(textOf(option));
    return words.every((word) => folded.includes(word));
  });
}
